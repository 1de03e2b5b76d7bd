# The exact conditional distribution of the treated count in the last term, given the totals of schools and terms.
# Three terms: the generating functions of all schools multiplied out, event by event. Seven terms: the other term
# effects are set to their values under no effect (plug-in), which leaves a sum of binomials. Days in care are not
# events and are left out.

source("panels.R")

# Coefficients by (events in the middle term, events in the last term), one event at a time.
trinomial_product <- function(panel) {
  ways <- matrix(1, 1, 1)
  for (school in split(panel, droplevels(panel$school))) {
    school <- school[order(as.character(school$term)), ]
    p <- school$pupils / sum(school$pupils)
    for (event in seq_len(sum(school$count))) {
      n <- nrow(ways)
      wider <- matrix(0, n + 1, n + 1)
      wider[1:n, 1:n] <- p[1] * ways
      wider[1 + 1:n, 1:n] <- wider[1 + 1:n, 1:n] + p[2] * ways
      wider[1:n, 1 + 1:n] <- wider[1:n, 1 + 1:n] + p[3] * ways
      ways <- wider
    }
  }
  ways
}

full_weights <- function(panel) {
  treated <- trinomial_product(panel[panel$intervention == 1, ])
  control <- trinomial_product(panel[panel$intervention == 0, ])
  by_term <- tapply(panel$count, as.character(panel$term), sum)
  counts <- support(panel)[1]:support(panel)[2]
  at <- function(ways, k, t) if (k >= 0 && t >= 0 && k < nrow(ways) && t < ncol(ways)) ways[k + 1, t + 1] else 0
  weights <- sapply(counts, function(t) {
    sum(sapply(0:by_term[2], function(k) at(treated, k, t) * at(control, by_term[2] - k, by_term[3] - t)))
  })
  list(counts = counts, log_weights = log(weights))
}

binomial_sum <- function(panel, share) {
  Reduce(function(ways, school) {
    one <- dbinom(0:sum(school$count), sum(school$count), share[[as.character(school$school[1])]])
    all <- numeric(length(ways) + length(one) - 1)
    for (i in seq_along(one)) all[i - 1 + seq_along(ways)] <- all[i - 1 + seq_along(ways)] + one[i] * ways
    all
  }, split(panel, droplevels(panel$school)), 1)
}

plug_in_weights <- function(whole) {
  panel <- with_events(whole)
  mu <- fitted(fit_poisson(null_model, panel))
  share <- tapply(mu * panel$after, panel$school, sum) / tapply(mu, panel$school, sum)
  treated <- binomial_sum(panel[panel$intervention == 1, ], share)
  control <- binomial_sum(panel[panel$intervention == 0, ], share)
  counts <- support(panel)[1]:support(panel)[2]
  last <- sum(panel$count[panel$after == 1])
  list(counts = counts, log_weights = log(treated[counts + 1] * control[last - counts + 1]))
}

inference <- function(law, observed) {
  chance <- function(beta) {
    w <- law$log_weights + beta * law$counts
    exp(w - max(w)) / sum(exp(w - max(w)))
  }
  below <- function(beta) sum(chance(beta)[law$counts <= observed])
  above <- function(beta) sum(chance(beta)[law$counts >= observed])
  at <- function(beta) chance(beta)[law$counts == observed]
  mean_at <- function(beta) sum(law$counts * chance(beta))
  edge <- range(law$counts)
  ratio <- function(gap) exp(uniroot(gap, c(-30, 30), tol = 1e-13)$root)
  bottom <- observed == edge[1]
  top <- observed == edge[2]
  low <- function(tail) if (bottom) 0 else ratio(function(b) tail(b) - 0.025)
  high <- function(tail) if (top) Inf else ratio(function(b) tail(b) - 0.025)
  mid <- function(tail) function(b) tail(b) - at(b) / 2
  null <- chance(0)
  list(observed = observed, support = edge, expected = mean_at(0),
       cmle = if (bottom) 0 else if (top) Inf else ratio(function(b) mean_at(b) - observed),
       interval = c(low(above), high(below)),
       interval_mid_p = c(if (bottom) 0 else ratio(function(b) mid(above)(b) - 0.025),
                          if (top) Inf else ratio(function(b) mid(below)(b) - 0.025)),
       p_central = min(1, 2 * min(below(0), above(0))),
       p_mid = min(1, 2 * min(mid(below)(0), mid(above)(0))),
       p_by_probability = sum(null[null <= at(0) * (1 + 1e-9)]),
       upper_bound_one_sided = if (top) Inf else ratio(function(b) below(b) - 0.05),
       median_unbiased_at_edge = if (bottom) ratio(function(b) below(b) - 0.5) else if (top) ratio(function(b) above(b) - 0.5))
}

# The last term against the one before it alone: the term effect cancels, so that nothing is plugged in.
last_two_terms <- function(panel) {
  terms <- sort(unique(as.character(panel$term)))
  panel <- panel[panel$term %in% tail(terms, 2), ]
  panel$term <- droplevels(panel$term)
  panel
}

counted_events <- analyses[!grepl("days_in_care", analyses)]
write_oracle("exact", character(), for_every_analysis(function(panel) {
  observed <- sum(panel$count[panel$did == 1])
  three_terms <- nlevels(panel$term) == 3
  list(plug_in = inference(plug_in_weights(panel), observed),
       last_two_terms = inference(plug_in_weights(last_two_terms(panel)), observed),
       full = if (three_terms) inference(full_weights(panel), observed))
}, counted_events))
