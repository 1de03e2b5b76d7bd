# What every script here shares: the panels, the published model, and how a result is written.

suppressPackageStartupMessages(library(jsonlite))

panels <- read.csv("panels.csv", stringsAsFactors = FALSE)
reference_term <- c(Southampton = "2018-19 Term 3", Stockport = "Autumn 2018", Lambeth = "Autumn 2018")
last_term <- c(Southampton = "2019-20 Term 1", Stockport = "Autumn 2019", Lambeth = "Autumn 2019")
analyses <- c("Southampton/s17", "Southampton/s47", "Southampton/days_in_care", "Stockport/s17", "Stockport/s47",
              "Stockport/days_in_care", "Lambeth/s17", "Lambeth/s47", "Lambeth/s17/printed")

# One row per school and term. A name that ends in /printed takes the counts as printed, without corrections.
read_panel <- function(analysis) {
  part <- strsplit(analysis, "/")[[1]]
  panel <- panels[panels$authority == part[1] & panels$outcome == part[2], ]
  if (length(part) == 3) panel$count <- panel$count_printed
  panel$school <- factor(panel$school, levels = unique(panel$school))
  panel$term <- relevel(factor(panel$term, levels = sort(unique(panel$term))), reference_term[[part[1]]])
  panel$after <- as.numeric(panel$term == last_term[[part[1]]])
  panel$did <- panel$intervention * panel$after
  panel
}

# A school without any event has a fitted rate of zero whatever the effect: it leaves the fit.
with_events <- function(panel) {
  total <- tapply(panel$count, panel$school, sum)
  droplevels(panel[panel$school %in% names(total)[total > 0], ])
}

intervention_schools <- function(panel) unique(as.character(panel$school[panel$intervention == 1]))

# Given the totals of schools and terms, the treated count of the last term lies between these two; the estimate
# is finite exactly when it lies strictly between.
support <- function(panel) {
  last <- sum(panel$count[panel$after == 1])
  treated <- sum(panel$count[panel$intervention == 1])
  c(max(0, last - (sum(panel$count) - treated)), min(last, treated))
}

infinite_estimate <- function(panel) {
  observed <- sum(panel$count[panel$did == 1])
  edge <- support(panel)
  if (edge[1] == edge[2]) return(NaN)
  if (observed == edge[1]) return(-Inf)
  if (observed == edge[2]) return(Inf)
  0
}

# glm keeps the weights of its last iteration but one; a second start from the solution makes them the solution's own.
# do.call puts the values themselves into the call, so that sandwich and anova can evaluate it again.
fit_poisson <- function(formula, panel, shift = 0) {
  call <- list(formula, poisson, panel, offset = log(panel$pupils) + shift,
               control = glm.control(epsilon = 1e-14, maxit = 200))
  suppressWarnings({
    first <- do.call(glm, call)
    if (anyNA(coef(first))) first else do.call(glm, c(call, list(start = coef(first))))
  })
}

published_model <- count ~ 0 + school + term + did
null_model <- count ~ 0 + school + term

named <- function(values, prefix = "") {
  names(values) <- sub(prefix, "", names(values))
  as.list(values)
}

for_every_analysis <- function(compute, names = analyses) {
  sapply(names, function(name) compute(read_panel(name)), simplify = FALSE)
}

# Fifteen significant digits; infinite and undefined values are the strings "Inf", "-Inf" and "NA"; what an
# analysis has not is null.
write_oracle <- function(name, packages, results, more = list()) {
  versions <- c(R = paste(R.version$major, R.version$minor, sep = "."),
                sapply(c("jsonlite", packages), function(package) as.character(packageVersion(package))))
  text <- toJSON(c(list(versions = as.list(versions), analyses = results), more),
                 digits = NA, auto_unbox = TRUE, pretty = TRUE, na = "string", null = "null")
  writeLines(gsub('"NaN"', '"NA"', text), paste0(name, ".json"))
}
