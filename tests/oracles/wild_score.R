# Score wild bootstrap (Kline & Santos 2012): the efficient scores of the schools under no effect, with every one of the
# 2^G patterns of signs.

source("panels.R")

efficient_scores <- function(panel) {
  null <- fit_poisson(null_model, panel)
  mu <- fitted(null)
  X <- model.matrix(null)
  did <- panel$did - drop(X %*% solve(crossprod(X, mu * X), crossprod(X, mu * panel$did)))
  tapply(did * (panel$count - mu), panel$school, sum)
}

studentised <- function(scores) {
  total <- sum(scores)
  abs(total) / sqrt(sum(scores^2) - total^2 / length(scores))
}

# Schools without events have a score of zero: their sign changes nothing, so only the others are enumerated.
write_oracle("wild_score", character(), for_every_analysis(function(whole) {
  panel <- with_events(whole)
  scores <- efficient_scores(panel)
  signs <- as.matrix(expand.grid(rep(list(c(1, -1)), length(scores))))
  plain <- abs(signs %*% as.numeric(scores))
  student <- apply(signs, 1, function(sign) studentised(sign * scores))
  list(patterns = nrow(signs), schools_with_events = length(scores), scores = named(scores),
       statistic = studentised(scores), p = mean(student >= studentised(scores) - 1e-9),
       p_unstudentised = mean(plain >= abs(sum(scores)) - 1e-9), smallest_p = 2 / nrow(signs))
}))
