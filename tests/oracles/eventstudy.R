# Intervention by term, for every term but the reference; whether the arms moved alike over the terms before the last
# (joint likelihood ratio, on those terms alone and on all terms); and Rambachan and Roth's bound for one term before
# and one after.

source("panels.R")
suppressPackageStartupMessages(library(sandwich))

# Intervention-by-term columns, without the reference term (and without those in `leave_out`).
event_terms <- function(panel, leave_out = character()) {
  terms <- setdiff(sort(unique(as.character(panel$term))), c(levels(panel$term)[1], leave_out))
  sapply(terms, function(term) panel$intervention * (panel$term == term))
}

fit_event_study <- function(panel) {
  panel$by_term <- event_terms(panel)
  fit_poisson(count ~ 0 + school + term + by_term, panel)
}

by_term_model <- count ~ 0 + school + term + by_term

likelihood_ratio_test <- function(panel, null, leave_out = character()) {
  panel$by_term <- event_terms(panel, leave_out)
  study <- fit_poisson(by_term_model, panel)
  smaller <- fit_poisson(null, panel)
  statistic <- deviance(smaller) - deviance(study)
  df <- study$rank - smaller$rank
  phi <- sum(residuals(study, "pearson")^2) / study$df.residual
  list(statistic = statistic, df = df, p = pchisq(statistic, df, lower.tail = FALSE), phi = phi,
       df_residual = study$df.residual,
       quasi_p = if (df > 0) pf(statistic / df / max(1, phi), df, study$df.residual, lower.tail = FALSE))
}

# The terms before the last one alone, against no intervention-by-term effects.
test_before <- function(whole) {
  panel <- with_events(whole[whole$after == 0, ])
  panel$term <- droplevels(panel$term)
  likelihood_ratio_test(panel, null_model)
}

# All terms, against the published model. A separated last term is fitted exactly by both: its treated cells leave.
test_within_all_terms <- function(panel) {
  if (infinite_estimate(panel) == 0) return(likelihood_ratio_test(panel, published_model))
  last <- unique(as.character(panel$term[panel$after == 1]))
  likelihood_ratio_test(panel[panel$did == 0, ], null_model, leave_out = last)
}

permuted_test_before <- function(whole) {
  schools <- levels(whole$school)
  chosen <- combn(length(schools), length(intervention_schools(whole)))
  statistic <- apply(chosen, 2, function(positions) {
    whole$intervention <- as.numeric(whole$school %in% schools[positions])
    test_before(whole)$statistic
  })
  mean(statistic >= test_before(whole)$statistic - 1e-7)
}

# The 95% quantile of |N(t, 1)|, and the interval of post + pre when the trend may bend by `bend` (log scale).
folded_quantile <- function(t) uniroot(function(q) pnorm(q - t) - pnorm(-q - t) - 0.95, c(0, t + 10), tol = 1e-13)$root

smoothness_bound <- function(beta, covariance, bend) {
  se <- sqrt(sum(covariance))
  list(bend = bend, interval = exp(sum(beta) + c(-1, 1) * se * folded_quantile(bend / se)))
}

# How many times the largest move between neighbouring terms before would explain the estimate; and the ratio left after
# carrying the last such move on. Effects in the order of time, the reference term's zero among them.
moves_before <- function(effects) {
  before <- effects[-length(effects)]
  post <- effects[length(effects)]
  moves <- diff(before)
  list(breakdown = abs(post) / max(abs(moves)), linear_extrapolation = exp(post - moves[length(moves)]))
}

event_study <- function(whole) {
  panel <- with_events(whole)
  rownames(panel) <- NULL
  separated <- infinite_estimate(panel) != 0
  kept <- if (separated) panel[panel$did == 0, ] else panel
  last <- unique(as.character(panel$term[panel$after == 1]))
  columns <- event_terms(kept, if (separated) last)
  terms <- colnames(columns)
  kept$by_term <- columns
  rownames(kept) <- NULL
  fit <- fit_poisson(by_term_model, kept)
  picked <- startsWith(names(coef(fit)), "by_term")
  phi <- sum(residuals(fit, "pearson")^2) / fit$df.residual
  beta <- unname(coef(fit)[picked])
  model <- unname(vcov(fit)[picked, picked, drop = FALSE])
  cluster <- unname(vcovCL(fit, cluster = kept$school, type = "HC0", cadjust = FALSE)[picked, picked, drop = FALSE])
  quasi <- model * max(1, phi)
  effects <- setNames(c(beta, 0), c(terms, levels(panel$term)[1]))
  list(terms = I(terms), last_term_separated = separated, beta = I(beta), covariance_model = model,
       covariance_quasi = quasi, covariance_cluster_raw = cluster, phi = phi, df_residual = fit$df.residual,
       before = test_before(whole), within_all_terms = test_within_all_terms(panel),
       before_permutation_p = permuted_test_before(whole),
       equivalence_bound = I(exp(abs(beta) + qnorm(0.95) * sqrt(diag(quasi)))),
       moves_before = if (!separated) moves_before(unname(effects[order(names(effects))])),
       smoothness = if (length(beta) == 2) lapply(c(0, 0.25, 0.5, 1), smoothness_bound, beta = beta, covariance = quasi))
}

at <- c(0, 0.25, 0.5, 1, 2)
write_oracle("eventstudy", "sandwich", for_every_analysis(event_study),
             list(folded_quantiles = list(at = at, quantile = sapply(at, folded_quantile))))
