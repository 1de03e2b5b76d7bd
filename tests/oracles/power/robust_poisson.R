# Poisson regression with authority effects by glm and HC3 by sandwich, on two drawn trials: one of 44 schools in 6 authorities of
# unequal size, one of pairs. Run it in this folder:
#   Rscript --vanilla robust_poisson.R
# Writes trials.csv, which the test reads, and robust_poisson.json.

library(jsonlite)
library(sandwich)

set.seed(20200901)

draw <- function(name, stratum, arm) {
  schools <- length(stratum)
  exposure <- round(runif(schools, 300, 1600)) * 6
  lasting <- rgamma(schools, 8, 8)
  data.frame(
    trial = name, stratum = stratum, arm = arm, exposure = exposure,
    count = rpois(schools, 0.005 * exposure * lasting * rgamma(schools, 20, 20)),
    baseline = rpois(schools, 0.005 * exposure / 2 * lasting), baseline_exposure = exposure / 2
  )
}

sizes <- c(11, 9, 8, 7, 6, 3)
arms <- unlist(lapply(sizes, function(n) as.integer(seq_len(n) > n %/% 2)))
trials <- rbind(
  draw("authorities", rep(seq_along(sizes) - 1, sizes), arms),
  draw("pairs", rep(0:9, each = 2), rep(0:1, 10))
)
write.csv(trials, "trials.csv", row.names = FALSE, quote = FALSE)

results <- function(data, formula) {
  control <- glm.control(epsilon = 1e-14, maxit = 100)
  fit <- glm(formula, poisson, data, offset = log(exposure), control = control)
  list(
    log_ratio = unname(coef(fit)["arm"]),
    hc3 = sqrt(vcovHC(fit, "HC3")["arm", "arm"]),
    df = fit$df.residual
  )
}

both <- lapply(split(trials, trials$trial), function(data) {
  list(
    strata = results(data, count ~ arm + factor(stratum)),
    baseline = results(data, count ~ arm + factor(stratum) + log((baseline + 0.5) / baseline_exposure))
  )
})
versions <- list(
  R = paste(R.version$major, R.version$minor, sep = "."), sandwich = as.character(packageVersion("sandwich"))
)
write_json(list(versions = versions, trials = both), "robust_poisson.json", digits = I(15), auto_unbox = TRUE, pretty = TRUE)
