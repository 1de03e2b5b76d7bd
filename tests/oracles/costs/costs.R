# Differences in cost and effect of one drawn trial (schools.csv, written here: 120 schools, 10 authorities) by R. From this folder:
#   Rscript --vanilla costs.R
# On Debian 12: r-base-core r-cran-sandwich r-cran-jsonlite

suppressPackageStartupMessages({
  library(jsonlite)
  library(sandwich)
})

set.seed(20240)
authority <- rep(1:10, each = 12)
arm <- as.numeric(unlist(lapply(1:10, function(a) sample(rep(0:1, c(6 - a %% 2, 6 + a %% 2))))))
pupil_years <- round(runif(120, 300, 1800) * 1.9, 1)
need <- rgamma(120, 7, 7)
count <- rpois(120, 0.017 * pupil_years * need * ifelse(arm == 1, 0.75, 1))
cost <- round(ifelse(arm == 1, rgamma(120, 12, 12) * (30000 + 8 * pupil_years + 4000 * need), rgamma(120, 1, 1) * 500), 2)
fsm <- round(pmin(60, 8 + 20 * need + rnorm(120, 0, 5)), 1)
d <- data.frame(school = sprintf("S%03d", 1:120), authority = sprintf("A%02d", authority), arm, pupil_years, fsm, cost, count)
write.csv(d, "schools.csv", row.names = FALSE, quote = FALSE)
d <- read.csv("schools.csv")

# Both equations as one model of two responses: its covariance is that of seemingly unrelated regressions with the same regressors.
both <- function(formula, data, w) {
  data$w <- w
  one <- lapply(c("cost", "averted"), function(name) lm(update(formula, paste(name, "~ .")), data, weights = w))
  # R has no covariance for weighted models of two responses: weights go into both sides by their root.
  X <- model.matrix(one[[1]]) * sqrt(w)
  fit <- lm(cbind(cost, averted) ~ 0 + ., data.frame(X, cost = NA, averted = NA) |>
              transform(cost = data$cost * sqrt(w), averted = data$averted * sqrt(w)))
  equal <- vcov(fit)
  rows <- c("cost:arm", "averted:arm")
  # HC3 of both: scores of each equation, with its leverages, set side by side.
  A <- solve(crossprod(X))
  S <- lapply(one, function(m) (X %*% A)[, "arm"] * residuals(m) * sqrt(w) / (1 - hatvalues(m)))
  # sandwich agrees for each equation alone.
  alone <- sapply(one, function(m) sqrt(vcovHC(m, type = "HC3")["arm", "arm"]))
  list(cost = unname(coef(fit)["arm", 1]), averted = unname(coef(fit)["arm", 2]), df = one[[1]]$df.residual,
       equal = list(cost = sqrt(equal[rows[1], rows[1]]), averted = sqrt(equal[rows[2], rows[2]]), covariance = equal[rows[1], rows[2]]),
       HC3 = list(cost = sqrt(sum(S[[1]]^2)), averted = sqrt(sum(S[[2]]^2)), covariance = sum(S[[1]] * S[[2]])),
       sandwich = alone)
}
per_school <- transform(d, averted = -count)
per_pupil <- transform(d, averted = -1000 * count / pupil_years, cost = 1000 * cost / pupil_years)
ones <- rep(1, 120)
school <- both(~ arm + factor(authority), per_school, ones)
pupil <- both(~ arm + factor(authority), per_pupil, d$pupil_years)
adjusted <- both(~ arm + pupil_years + fsm + factor(authority), per_school, ones)

# What follows from two differences, by root finding and integration rather than by the formulas.
follow <- function(dc, de, sc, se, rho, df, worth) {
  spread <- function(l) sqrt(l^2 * se^2 + sc^2 - 2 * l * rho * sc * se)
  nb <- worth * de - dc
  s <- spread(worth)
  density <- function(x) dt((x - nb) / s, df) / s
  gain <- integrate(function(x) pmax(x, 0) * density(x), 0, nb + 400 * s, rel.tol = 1e-12, subdivisions = 5000)$value
  loss <- integrate(function(x) pmax(-x, 0) * density(x), nb - 400 * s, 0, rel.tol = 1e-12, subdivisions = 5000)$value
  gap <- function(r) (dc - r * de)^2 - qt(0.975, df)^2 * spread(r)^2
  root <- function(from, to) uniroot(gap, c(from, to), tol = 1e-10)$root
  list(net_benefit = nb, se = s, probability = pt(nb / s, df), information = min(gain, loss), root = root)
}
normal <- follow(1000, 0.05, 200, 0.015, 0.1, Inf, 30000)
bounded <- c(normal$root(0, 20000), normal$root(20000, 1e6))
wide <- follow(1000, 0.05, 200, 0.03, 0.1, Inf, 30000)
outside <- c(wide$root(-1e7, 0), wide$root(0, 20000))
small <- follow(1000, 0.05, 200, 0.015, 0.1, 12, 30000)
small_bounded <- c(small$root(0, 20000), small$root(20000, 1e7))
keep <- c("net_benefit", "se", "probability", "information")

write_json(list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), sandwich = as.character(packageVersion("sandwich"))),
  school = school, pupil = pupil, adjusted = adjusted,
  normal = c(normal[keep], list(fieller = bounded)), wide = c(wide[keep], list(fieller = outside)),
  t12 = c(small[keep], list(fieller = small_bounded))
), "costs.json", digits = 15, auto_unbox = TRUE, pretty = TRUE)
