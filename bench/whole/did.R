# CSV to printed answer with R.
library(sandwich)
d <- read.csv(commandArgs(TRUE)[1])
m <- glm(count ~ factor(school) + factor(term) + programme, poisson, d, offset = log(pupils),
         control = glm.control(epsilon = 1e-12))
v <- vcovCL(m, d$school, type = "HC0", cadjust = TRUE)
cat(sprintf("[%.12f, %.12f]\n", coef(m)["programme"], sqrt(v["programme", "programme"])))
