# Weights of entropy balancing (ebal 0.1-8) and of synthetic difference-in-differences (synthdid 0.0.9) on small drawn tables.
# Neither is in Debian; install both first.
#   Rscript --vanilla weights.R
# The stored numbers come from the same calls with the packages' functions loaded by hand; in this form, with the packages
# installed, it has not been run.

library(jsonlite)
library(ebal)
library(synthdid)

set.seed(20190901)
schools <- 30
measures <- cbind(level = rgamma(schools, 2), size = rnorm(schools, 6, 0.5), meals = runif(schools, 5, 60))
treated <- as.numeric(seq_len(schools) <= 4)
balanced <- ebalance(treated, measures, constraint.tolerance = 1e-10, print.level = -1)

# A panel of rates: 15 candidates, 3 schools with a social worker, 8 terms before and 2 after.
factor <- rnorm(10)
rates <- 3 + outer(rnorm(18), rep(1, 10)) + outer(rnorm(18), factor) + matrix(rnorm(180, sd = 0.4), 18, 10)
# Frank-Wolfe steps until they no longer gain, without the sparsifying restart: the exact optimum, as near as it gets.
exact <- synthdid_estimate(rates, 15, 8, sparsify = NULL, min.decrease = 1e-12, max.iter = 1e6)

numbers <- function(x) as.vector(x)
write_json(
  list(
    versions = list(R = paste(R.version$major, R.version$minor, sep = "."), ebal = "0.1-8",
                    synthdid = "0.0.9"),
    entropy = list(measures = measures, treated = treated, weights = numbers(balanced$w) / 4),
    synthetic = list(rates = rates, candidates = 15, before = 8, estimate = numbers(exact),
                     unit_weights = numbers(attr(exact, "weights")$omega), time_weights = numbers(attr(exact, "weights")$lambda),
                     ridge = attr(exact, "opts")$zeta.omega)
  ),
  "weights.json", digits = I(15), auto_unbox = TRUE, matrix = "rowmajor", pretty = FALSE
)
