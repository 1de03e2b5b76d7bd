# The published model and the ways to put an uncertainty on it, by stats::glm, sandwich and clubSandwich.

source("panels.R")
suppressPackageStartupMessages({ library(sandwich); library(clubSandwich) })

# Bias-reduced linearisation as clubSandwich defines it for a log-link Poisson, with a pseudo-inverse root whose
# tolerance is relative: clubSandwich 0.5.8 drops eigenvalues below an absolute 1e-12, and at counts near 1000 its degrees of freedom follow rounding errors.
cr2_relative <- function(fit, school) {
  mu <- fitted(fit)
  X <- model.matrix(fit)
  M <- solve(crossprod(X, mu * X))
  contrast <- as.numeric(colnames(X) == "did")
  groups <- split(seq_along(mu), school)
  loading <- sapply(groups, function(rows) {
    D <- diag(sqrt(mu[rows]))
    leverage <- X[rows, ] %*% M %*% t(X[rows, ])
    I_H <- diag(length(rows)) - mu[rows] * leverage
    B <- D %*% I_H %*% diag(mu[rows]) %*% D
    eigen_B <- eigen((B + t(B)) / 2, symmetric = TRUE)
    keep <- eigen_B$values > 1e-10 * max(eigen_B$values)
    root <- eigen_B$vectors[, keep] %*% (t(eigen_B$vectors[, keep]) / sqrt(eigen_B$values[keep]))
    A <- D %*% root %*% D
    full <- numeric(length(mu))
    full[rows] <- A %*% (X[rows, ] %*% (M %*% contrast))
    full
  })
  residual <- fit$y - mu
  H <- (mu * X) %*% M %*% t(X)
  P <- sqrt(mu) * (t(diag(length(mu)) - H) %*% loading)
  gram <- crossprod(P)
  list(se = sqrt(sum(crossprod(loading, residual)^2)), df = sum(diag(gram))^2 / sum(gram^2))
}

cr2_clubSandwich <- function(fit, school) {
  test <- coef_test(fit, vcov = vcovCR(fit, cluster = school, type = "CR2"), test = "Satterthwaite")
  row <- test[rownames(test) == "did" | test$Coef == "did", ]
  list(se = row$SE, df = row$df)
}

delete_one_school <- function(panel) {
  beta <- sapply(levels(panel$school), function(school) {
    rest <- with_events(panel[panel$school != school, ])
    if (length(unique(rest$intervention)) < 2) return(NaN)
    edge <- infinite_estimate(rest)
    if (edge != 0) return(edge)
    coef(fit_poisson(published_model, rest))[["did"]]
  })
  list(beta = named(beta), schools = length(beta))
}

# Where twice the fall of the log-likelihood, with every other parameter refitted, reaches `drop`.
profile_interval <- function(panel, least, drop, centre, finite) {
  excess <- function(b) deviance(fit_poisson(null_model, panel, b * panel$did)) - least - drop
  side <- function(step) {
    far <- centre + step
    while (excess(far) < 0) far <- far + step
    exp(uniroot(excess, sort(c(far, far - step)), tol = 1e-12)$root)
  }
  c(if (finite) side(-0.5) else 0, side(0.5))
}

intervals <- function(panel, least, df, phi, centre, finite) {
  scale <- max(1, phi)
  null <- deviance(fit_poisson(null_model, panel)) - least
  list(likelihood_ratio = null, likelihood_ratio_p = pchisq(null, 1, lower.tail = FALSE),
       profile_interval = profile_interval(panel, least, qchisq(0.95, 1), centre, finite),
       quasi_interval = profile_interval(panel, least, scale * qt(0.975, df)^2, centre, finite),
       quasi_p = pf(null / scale, 1, df, lower.tail = FALSE))
}

# Rao's statistic from stats::anova, which shares no code with permutation.R. (stats::add1 of R 4.2.2 gives another
# number: it passes the offset on to the regression of the working residuals.)
rao_score <- function(panel) {
  null <- fit_poisson(count ~ school + term, panel)
  full <- fit_poisson(count ~ school + term + did, panel)
  sign(sum((panel$count - fitted(null)) * panel$did)) * sqrt(anova(null, full, test = "Rao")$Rao[2])
}

everything_but_beta <- function(panel, fit) {
  b <- coef(fit)
  raw <- sqrt(diag(vcovCL(fit, cluster = panel$school[as.integer(rownames(model.frame(fit)))],
                          type = "HC0", cadjust = FALSE)))
  pick <- function(values, prefix) named(values[startsWith(names(values), prefix)], paste0("^", prefix))
  list(term_effects = pick(b, "term"), school_effects = pick(b, "school"),
       term_se_cluster_raw = pick(raw, "term"), school_se_cluster_raw = pick(raw, "school"),
       pearson = sum(residuals(fit, "pearson")^2), log_likelihood = as.numeric(logLik(fit)), deviance = deviance(fit))
}

finite_analysis <- function(panel) {
  fit <- fit_poisson(published_model, panel)
  pearson <- sum(residuals(fit, "pearson")^2)
  se <- sqrt(vcov(fit)["did", "did"])
  scaled <- se * sqrt(max(1, pearson / fit$df.residual))
  reach <- (qt(0.975, fit$df.residual) + qt(0.8, fit$df.residual)) * scaled
  jackknife <- delete_one_school(panel)
  distance <- sum((unlist(jackknife$beta) - coef(fit)[["did"]])^2)
  c(list(beta = coef(fit)[["did"]], se_model = se,
         se_cluster_raw = sqrt(vcovCL(fit, cluster = panel$school, type = "HC0", cadjust = FALSE)["did", "did"]),
         se_quasi = scaled, df = fit$df.residual, phi = pearson / fit$df.residual,
         cr2 = cr2_relative(fit, panel$school), cr2_clubSandwich = cr2_clubSandwich(fit, panel$school),
         delete_one_beta = jackknife$beta,
         se_cr3 = sqrt((jackknife$schools - 1) / jackknife$schools * distance), cr3_sum_of_squares = distance,
         detectable_ratio = exp(c(-reach, reach)), converged = fit$converged),
    everything_but_beta(panel, fit),
    intervals(panel, deviance(fit), fit$df.residual, pearson / fit$df.residual, coef(fit)[["did"]], TRUE))
}

# The treated cells of the last term are all zero: as the estimate runs to minus infinity they are fitted exactly and
# say nothing of the other parameters. `df` counts the cells that still carry something.
separated_analysis <- function(panel) {
  kept <- panel[panel$did == 0, ]
  rownames(panel) <- NULL
  rownames(kept) <- NULL
  fit <- fit_poisson(null_model, kept)
  pearson <- sum(residuals(fit, "pearson")^2)
  counting_zeros <- nrow(panel) - length(coef(fit)) - 1
  c(list(beta = -Inf, df = fit$df.residual, phi = pearson / fit$df.residual,
         df_with_exactly_fitted_zeros = counting_zeros, phi_with_exactly_fitted_zeros = pearson / counting_zeros,
         converged = fit$converged),
    everything_but_beta(kept, fit),
    intervals(panel, deviance(fit), fit$df.residual, pearson / fit$df.residual, -3, FALSE),
    list(with_exactly_fitted_zeros =
           intervals(panel, deviance(fit), counting_zeros, pearson / counting_zeros, -3, FALSE)))
}

write_oracle("poisson", c("sandwich", "clubSandwich"), for_every_analysis(function(whole) {
  panel <- with_events(whole)
  rownames(panel) <- NULL
  separated <- infinite_estimate(panel) != 0
  c(list(schools = nlevels(whole$school), schools_with_events = nlevels(panel$school), separated = separated,
         score_z = rao_score(panel)),
    if (separated) separated_analysis(panel) else finite_analysis(panel))
}))
