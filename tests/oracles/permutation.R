# Every way to choose as many intervention schools as there were: Rao's score for no effect, and the refitted estimate.
# The score needs the null fit alone, so it stays finite where the estimate does not.

source("panels.R")

# z for every assignment (columns of `chosen` are positions among the schools).
score_of_assignments <- function(whole, chosen) {
  panel <- with_events(whole)
  null <- fit_poisson(null_model, panel)
  mu <- fitted(null)
  X <- model.matrix(null)
  last <- panel$after == 1
  weighted <- X[last, , drop = FALSE] * mu[last]
  K <- diag(mu[last], nrow = sum(last)) - weighted %*% solve(crossprod(X, mu * X), t(weighted))
  residual <- panel$count[last] - mu[last]
  school <- as.character(panel$school[last])
  apply(chosen, 2, function(positions) {
    d <- as.numeric(school %in% levels(whole$school)[positions])
    information <- drop(d %*% K %*% d)
    if (information < 1e-9 * sum(diag(K))) 0 else sum(d * residual) / sqrt(information)
  })
}

# The estimate and its t value (cluster-robust, G/(G-1) over schools with events) had these schools been chosen.
refit <- function(whole, positions) {
  whole$intervention <- as.numeric(whole$school %in% levels(whole$school)[positions])
  whole$did <- whole$intervention * whole$after
  panel <- with_events(whole)
  edge <- infinite_estimate(panel)
  if (is.nan(edge) || edge != 0) return(c(edge, NaN))
  fit <- fit_poisson(published_model, panel)
  X <- model.matrix(fit)
  by_school <- rowsum(X * (panel$count - fitted(fit)), panel$school)
  bread <- solve(crossprod(X, fitted(fit) * X))
  G <- nlevels(panel$school)
  variance <- bread %*% crossprod(by_school) %*% bread * G / (G - 1)
  c(coef(fit)[["did"]], coef(fit)[["did"]] / sqrt(variance["did", "did"]))
}

# An assignment without an estimate is as little extreme as can be.
share <- function(at_least) sum(at_least, na.rm = TRUE) / length(at_least)

# Halves and their complements have the same |z|; schools without events can make further ties (smallest_p_attained).
smallest_p_by_design <- function(schools, treated) (if (schools == 2 * treated) 2 else 1) / choose(schools, treated)

write_oracle("permutation", character(), for_every_analysis(function(panel) {
  schools <- levels(panel$school)
  treated <- match(intervention_schools(panel), schools)
  chosen <- combn(length(schools), length(treated))
  observed <- which(apply(chosen, 2, setequal, treated))
  z <- score_of_assignments(panel, chosen)
  estimates <- apply(chosen, 2, refit, whole = panel)
  beta <- estimates[1, ]
  t_value <- abs(estimates[2, ])
  few <- ncol(chosen) <= 100
  list(assignments = ncol(chosen), observed_z = z[observed], p = share(abs(z) >= abs(z[observed]) - 1e-9),
       p_lower = share(z <= z[observed] + 1e-9), p_upper = share(z >= z[observed] - 1e-9),
       smallest_p_by_design = smallest_p_by_design(length(schools), length(treated)),
       smallest_p_attained = min(sapply(unique(abs(z)), function(value) share(abs(z) >= value - 1e-9))),
       assignments_without_information = sum(z == 0),
       p_beta = share(abs(beta) >= abs(beta[observed]) - 1e-9),
       p_cluster_t = if (is.finite(beta[observed])) share(t_value >= t_value[observed] - 1e-9),
       z_mean = mean(z), z_mean_square = mean(z^2), z_largest = max(abs(z)),
       z = if (few) sort(z), beta = if (few) sort(beta, na.last = TRUE))
}))
