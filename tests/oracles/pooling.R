# The three authorities together, by metafor; and the family of published p-values, by stats::p.adjust.

source("panels.R")
suppressPackageStartupMessages(library(metafor))

fitted_by <- function(beta, se, method, test = "z") {
  fit <- rma(yi = beta, sei = se, method = method, test = test, control = list(threshold = 1e-12, tol = 1e-12, maxiter = 10000))
  list(beta = as.numeric(fit$beta), se = fit$se, interval = exp(c(fit$ci.lb, fit$ci.ub)), p = fit$pval, tau2 = fit$tau2,
       q = fit$QE, q_p = fit$QEp, i2 = max(0, (fit$QE - (length(beta) - 1)) / fit$QE))
}

# Hartung, Knapp, Sidik and Jonkman with the factor kept at one or more, written out.
hksj_at_least_one <- function(beta, se, tau2) {
  weight <- 1 / (se^2 + tau2)
  mean <- sum(weight * beta) / sum(weight)
  q <- sum(weight * (beta - mean)^2) / (length(beta) - 1)
  error <- sqrt(max(1, q) / sum(weight))
  list(beta = mean, q_factor = q, se = error,
       interval = exp(mean + c(-1, 1) * qt(0.975, length(beta) - 1) * error),
       p = 2 * pt(-abs(mean / error), length(beta) - 1))
}

pooled <- function(beta, se) {
  paule_mandel <- fitted_by(beta, se, "PM")
  list(input = list(beta = beta, se = se), fixed = fitted_by(beta, se, "FE"), dersimonian_laird = fitted_by(beta, se, "DL"),
       paule_mandel = paule_mandel, paule_mandel_knha = fitted_by(beta, se, "PM", "knha"),
       paule_mandel_adhoc = fitted_by(beta, se, "PM", "adhoc"),
       paule_mandel_hksj_at_least_one = hksj_at_least_one(beta, se, paule_mandel$tau2))
}

poisson_results <- fromJSON("poisson.json", simplifyVector = FALSE)$analyses
firth_results <- fromJSON("firth.json", simplifyVector = FALSE)$analyses

# Quasi-Poisson estimates. An infinite one gives way to Firth's, its standard error scaled likewise by `phi`.
pooled_of <- function(names, phi = "phi_with_exactly_fitted_zeros") {
  estimates <- sapply(names, function(name) {
    usual <- poisson_results[[name]]
    if (!usual$separated) return(c(usual$beta, usual$se_quasi))
    firth <- firth_results[[name]]$schools_with_events
    c(firth$beta, firth$se * sqrt(max(1, usual[[phi]])))
  })
  pooled(unname(estimates[1, ]), unname(estimates[2, ]))
}

# The p-values of the published method: normal, cluster-robust, scaled by G/(G-1) over all schools.
published_p <- function(name) {
  result <- poisson_results[[name]]
  2 * pnorm(-abs(result$beta / (result$se_cluster_raw * sqrt(result$schools / (result$schools - 1)))))
}

family <- c("Southampton/s47", "Stockport/s17", "Southampton/s17", "Southampton/days_in_care", "Stockport/s47",
            "Stockport/days_in_care", "Lambeth/s17/printed")
p <- sapply(family, published_p, USE.NAMES = FALSE)
three <- function(outcome) paste(c("Southampton", "Stockport", "Lambeth"), outcome, sep = "/")

# _rounded: the same inputs at four decimals, s17 with Lambeth as printed. The exactly fitted zeros of a separated
# analysis count in its degrees of freedom, or they do not: both are kept.
write_oracle("pooling", "metafor", list(
  s47 = pooled_of(three("s47")), s47_without_exactly_fitted_zeros = pooled_of(three("s47"), "phi"),
  s17 = pooled_of(three("s17")), days_in_care = pooled_of(three("days_in_care")[1:2]),
  s17_printed = pooled_of(c(three("s17")[1:2], "Lambeth/s17/printed")),
  s47_rounded = pooled(c(-0.4306, 0.3012, -3.1245), c(0.6660, 0.4547, 1.5784)),
  s17_printed_rounded = pooled(c(0.2137, -0.7542, -0.0077), c(0.2497, 0.6409, 1.1347)),
  days_in_care_rounded = pooled(c(-0.1124, 0.6111), c(0.3577, 0.6291))),
  list(multiplicity = list(order = family, p = p, holm = p.adjust(p, "holm"), benjamini_hochberg = p.adjust(p, "BH"))))
