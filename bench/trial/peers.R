# One trial job with R: Rscript peers.R WORK TABLE TRIALS NUMBER BUDGET
# Prints, as JSON, the seconds of NUMBER fits (from as many as the budget allows), how many those were, and the numbers of the first.
suppressPackageStartupMessages({library(sandwich); library(MASS); library(lme4)})
told <- commandArgs(TRUE)
work <- told[1]
d <- read.csv(told[2])
trials <- read.csv(told[3], header = FALSE)
number <- as.numeric(told[4])
budget <- as.numeric(told[5])
schools <- nrow(d)
compared <- 5
d$la <- factor(d$la)
d$log_exposure <- log(d$exposure)
X <- model.matrix(~ 0 + arm + rate + size + meals + la, d)

# A row of the trials has the arms of a trial, then its counts.
with_trial <- function(i) {
  row <- as.numeric(trials[(i - 1) %% nrow(trials) + 1, ])
  d$arm <<- row[1:schools]
  d$y <<- row[schools + 1:schools]
  X[, 1] <<- d$arm
}
mixed <- function(formula) {
  fit <- glmer(formula, d, poisson, offset = log_exposure)
  c(log_ratio = fixef(fit)[["arm"]], log_likelihood = as.numeric(logLik(fit)))
}
fits <- list(
  refit = function() c(log_ratio = glm.fit(X, d$y, family = poisson(), offset = d$log_exposure)$coefficients[["arm"]]),
  robust = function() {
    fit <- glm(y ~ 0 + arm + rate + size + meals + la, poisson, d, offset = log_exposure)
    c(log_ratio = coef(fit)[["arm"]], HC3 = sqrt(vcovHC(fit, type = "HC3")["arm", "arm"]))
  },
  negative_binomial = function() {
    fit <- glm.nb(y ~ 0 + arm + rate + size + meals + la + offset(log_exposure), d)
    c(log_ratio = coef(fit)[["arm"]], log_shape = log(fit$theta))
  },
  intercepts = function() mixed(y ~ 0 + la + arm + rate + size + meals + (1 | school)),
  nested = function() mixed(y ~ arm + rate + size + meals + (1 | school) + (1 | la)),
  signs = function() {
    fit <- glm(y ~ 0 + arm + rate + size + meals + la, poisson, d, offset = log_exposure)
    c(another_error = sqrt(vcovBS(fit, R = 10)["arm", "arm"]))
  }
)
replicates <- if (work == "signs") 10 else 1
one <- function(i) { with_trial(i); fits[[work]]() }
invisible(suppressMessages(suppressWarnings(one(1))))
found <- list()
began <- proc.time()[["elapsed"]]
while (length(found) * replicates < number && (length(found) < compared || proc.time()[["elapsed"]] - began < budget)) {
  found[[length(found) + 1]] <- suppressMessages(suppressWarnings(one(length(found) + 1)))
}
took <- proc.time()[["elapsed"]] - began
first <- do.call(rbind, found[seq_len(min(compared, length(found)))])
lists <- sapply(colnames(first), function(name) sprintf('"%s": [%s]', name, paste(sprintf("%.12g", first[, name]), collapse = ", ")))
done <- length(found) * replicates
cat(sprintf('{"seconds": %.6f, "fits": %d, "numbers": {%s}}\n', took / done * number, as.integer(done), paste(lists, collapse = ", ")))
