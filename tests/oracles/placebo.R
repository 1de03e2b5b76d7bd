# The published method on terms that all lie before the last: the terms up to t alone, with t in the place of the last.

source("panels.R")
suppressPackageStartupMessages(library(sandwich))

# The interval scales by G/(G-1) over all schools and uses the normal quantile, as published.
as_published <- function(whole, t) {
  terms <- sort(unique(as.character(whole$term)))
  whole <- whole[whole$term %in% terms[1:t], ]
  whole$term <- droplevels(factor(as.character(whole$term)))
  whole$after <- as.numeric(whole$term == terms[t])
  whole$did <- whole$intervention * whole$after
  panel <- with_events(whole)
  edge <- infinite_estimate(panel)
  if (is.nan(edge) || edge != 0) return(list(beta = edge))
  rownames(panel) <- NULL
  fit <- fit_poisson(published_model, panel)
  G <- nlevels(droplevels(whole$school))
  raw <- sqrt(vcovCL(fit, cluster = panel$school, type = "HC0", cadjust = FALSE)["did", "did"])
  beta <- coef(fit)[["did"]]
  se <- raw * sqrt(G / (G - 1))
  list(beta = beta, se_cluster_raw = raw, schools = G, interval = exp(beta + c(-1, 1) * qnorm(0.975) * se),
       p = 2 * pnorm(-abs(beta / se)))
}

write_oracle("placebo", "sandwich", for_every_analysis(function(panel) {
  terms <- sort(unique(as.character(panel$term)))
  earlier <- 2:(length(terms) - 1)
  setNames(lapply(earlier, as_published, whole = panel), terms[earlier])
}))
