# Firth's bias-reduced Poisson by brglm2 (AS_mean: the same as Jeffreys' penalty under the canonical link), and the
# interval where twice the fall of the penalised log-likelihood reaches the quantile. The penalty keeps the information
# of all parameters while beta is held.

source("panels.R")
suppressPackageStartupMessages(library(brglm2))

leverages <- function(X, mu) rowSums((X %*% solve(crossprod(X, mu * X))) * X) * mu

# The nuisance parameters at which the penalised likelihood is greatest for this beta.
penalised_log_likelihood <- function(beta, panel, X, start) {
  nuisance <- X[, colnames(X) != "did"]
  theta <- start
  for (round in 1:500) {
    mu <- panel$pupils * exp(drop(nuisance %*% theta) + beta * panel$did)
    score <- crossprod(nuisance, panel$count + leverages(X, mu) / 2 - mu)
    step <- drop(solve(crossprod(nuisance, mu * nuisance), score))
    theta <- theta + step
    if (max(abs(step)) < 1e-12) break
  }
  mu <- panel$pupils * exp(drop(nuisance %*% theta) + beta * panel$did)
  sum(panel$count * log(mu) - mu) + as.numeric(determinant(crossprod(X, mu * X))$modulus) / 2
}

penalised_interval <- function(fit, panel) {
  X <- model.matrix(fit)
  start <- coef(fit)[colnames(X) != "did"]
  value <- function(beta) penalised_log_likelihood(beta, panel, X, start)
  best <- optimize(value, coef(fit)[["did"]] + c(-1e-3, 1e-3), maximum = TRUE)$objective
  fall <- function(beta) 2 * (best - value(beta)) - qchisq(0.95, 1)
  side <- function(step) {
    far <- coef(fit)[["did"]] + step
    while (fall(far) < 0) far <- far + step
    exp(uniroot(fall, sort(c(far, far - step)), tol = 1e-12)$root)
  }
  list(interval = c(side(-0.5), side(0.5)), penalised_ratio_p = pchisq(2 * (best - value(0)), 1, lower.tail = FALSE))
}

firth <- function(panel) {
  fit <- suppressWarnings(do.call(glm, list(published_model, poisson, panel, offset = log(panel$pupils),
    method = "brglmFit", control = list(type = "AS_mean", epsilon = 1e-12, maxit = 10000))))
  c(list(beta = coef(fit)[["did"]], se = sqrt(vcov(fit)["did", "did"]), converged = fit$converged),
    penalised_interval(fit, panel))
}

# A school without events does not drop out of a penalised likelihood, so both choices are kept.
write_oracle("firth", "brglm2", for_every_analysis(function(whole) {
  list(schools_with_events = firth(with_events(whole)), all_schools = firth(whole))
}))
