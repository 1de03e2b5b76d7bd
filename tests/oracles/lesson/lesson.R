# From three pilots to a trial, by brute force: adaptive quadrature over mu and tau, and plain sums over a grid for money.
# Nothing here uses that the posterior is a mixture of normals.

suppressPackageStartupMessages(library(jsonlite))

z <- qnorm(0.975)
log_ratio <- c(-0.4306, 0.3012, -3.1245)
error <- c(0.6660, 0.4547, 1.5784)
trial <- list(ratio = 1.055, low = 0.955, high = 1.166, schools = 268, authorities = 21)
trial_error <- log(trial$high / trial$low) / (2 * z)
worthwhile <- 0.8
roll_out <- list(schools = 3000, years = 3, enquiries = 14, cost = 48620, value = 20000, discount_rate = 0.035)
priors <- list(sceptical = c(sd = 0.1, between = 0.1), weak = c(sd = 0.5, between = 0.35), flat = c(sd = Inf, between = 1))

tight <- function(f, low, high) integrate(f, low, high, rel.tol = 1e-9, abs.tol = 1e-300, subdivisions = 2000)$value

joint <- function(mu, tau, prior) {
  density <- dnorm(tau, 0, prior[["between"]])
  if (is.finite(prior[["sd"]])) density <- density * dnorm(mu, 0, prior[["sd"]])
  for (i in seq_along(log_ratio)) density <- density * dnorm(log_ratio[i], mu, sqrt(error[i]^2 + tau^2))
  density
}

# The mean of f(mu, tau) times the joint density, over all mu and tau; in pieces, so that no peak is missed.
over_both <- function(f, prior) {
  reach <- 8 * prior[["between"]]
  one_tau <- function(tau) sapply(tau, function(t) {
    g <- function(mu) f(mu, t) * joint(mu, t, prior)
    centre <- if (is.finite(prior[["sd"]])) 0 else sum(log_ratio / (error^2 + t^2)) / sum(1 / (error^2 + t^2))
    width <- min(prior[["sd"]], sqrt(1 / sum(1 / (error^2 + t^2))))
    # Zero is a cut because a probability below one has its step there.
    cuts <- sort(c(0, centre + width * c(-14, -6, -3, -1.5, 0, 1.5, 3, 6, 14)))
    sum(mapply(function(a, b) if (b > a) tight(g, a, b) else 0, head(cuts, -1), tail(cuts, -1)))
  })
  sum(mapply(function(a, b) tight(one_tau, a, b), reach * c(0, 0.1, 0.3), reach * c(0.1, 0.3, 1)))
}

noise <- function(tau) sqrt(tau^2 / trial$authorities + trial_error^2)
seen <- function(mu, tau) dnorm(log(trial$ratio), mu, noise(tau))
below <- function(at) function(mu, tau) pnorm((at - mu) / noise(tau))

under <- function(prior) {
  whole <- over_both(function(mu, tau) 1, prior)
  share <- function(f) over_both(f, prior) / whole
  whole_after <- over_both(seen, prior)
  after <- function(f) over_both(function(mu, tau) f(mu, tau) * seen(mu, tau), prior) / whole_after
  excluding <- log(worthwhile) + z * trial_error
  list(below_one = share(function(mu, tau) as.numeric(mu < 0)),
       mean_ratio = share(function(mu, tau) exp(mu)),
       mean_log = share(function(mu, tau) mu),
       square_log = share(function(mu, tau) mu^2),
       significant_fall = share(below(-z * trial_error)),
       at_or_above_one = 1 - share(below(0)),
       rules_out_worthwhile = 1 - share(below(excluding)),
       all_of_it = share(below(z * trial_error)) - share(below(max(0, excluding))),
       at_least_as_high = 1 - share(below(log(trial$ratio))),
       after = list(mean_ratio = after(function(mu, tau) exp(mu)), mean_log = after(function(mu, tau) mu),
                    square_log = after(function(mu, tau) mu^2)),
       money = money(prior))
}

# The roll-out by plain sums over a grid: what is decided for each estimate, weighted by how likely the estimate is.
money <- function(prior) {
  end <- if (is.finite(prior[["sd"]])) 8 * prior[["sd"]] else 14
  mu <- seq(-end, end, length.out = 1401)
  tau <- seq(0, 6 * prior[["between"]], length.out = 161)
  y <- seq(-end - 1, end + 1, length.out = 1601)
  mass <- outer(mu, tau, joint, prior = prior)
  mass[, 1] <- mass[, 1] / 2
  mass <- mass / sum(mass)
  school_years <- roll_out$schools * sum((1 + roll_out$discount_rate)^-(seq_len(roll_out$years) - 1))
  benefit <- function(ratio) school_years * (roll_out$value * roll_out$enquiries * (1 - ratio) - roll_out$cost)
  likely <- expected <- numeric(length(y))
  for (t in seq_along(tau)) {
    kernel <- outer(y, mu, function(a, b) dnorm(a, b, noise(tau[t])))
    likely <- likely + as.vector(kernel %*% mass[, t])
    expected <- expected + as.vector(kernel %*% (mass[, t] * benefit(exp(mu))))
  }
  step <- y[2] - y[1]
  of_mu <- rowSums(mass)
  now <- sum(of_mu * benefit(exp(mu)))
  list(expected_before = now, sample_information = sum(pmax(expected, 0)) * step - max(0, now),
       perfect_information = sum(of_mu * pmax(benefit(exp(mu)), 0)) - max(0, now),
       probability_pays = sum(of_mu[benefit(exp(mu)) > 0]))
}

# The t distribution on two degrees of freedom, with tau as given.
pooled <- function(mean, scale, tau, df) {
  spread <- noise(tau)
  share <- function(at) integrate(function(x) dt(x, df) * pnorm((at - mean - scale * x) / spread), -Inf, Inf,
                                  rel.tol = 1e-11, subdivisions = 4000)$value
  list(mean = mean, scale = scale, tau = tau, df = df, below_one = pt(-mean / scale, df),
       significant_fall = share(-z * trial_error), at_or_above_one = 1 - share(0),
       at_least_as_high = 1 - share(log(trial$ratio)))
}

written <- list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), jsonlite = as.character(packageVersion("jsonlite"))),
  input = list(log_ratio = log_ratio, standard_error = error, trial = trial, roll_out = roll_out, worthwhile = worthwhile),
  priors = lapply(priors, function(prior) c(list(sd = prior[["sd"]], between = prior[["between"]]), under(prior))),
  pooled = list(pooled(-0.63, 0.89, 1.277, 2), pooled(-0.1, 0.3, 0.2, 1), pooled(0.2, 0.5, 0.6, 7)))
write(toJSON(written, digits = 15, auto_unbox = TRUE, pretty = TRUE), "lesson.json")
