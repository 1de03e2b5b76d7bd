# Analyses of one drawn trial (table.csv: 268 schools, 21 authorities, no effect put in) by R: the pseudo-likelihood with robust errors,
# its alternatives, several follow-ups, sessions and scores. From this folder:
#   Rscript --vanilla trial.R
# On Debian 12: r-base-core r-cran-mass r-cran-sandwich r-cran-clubsandwich r-cran-lme4 r-cran-jsonlite

suppressPackageStartupMessages({
  library(jsonlite)
  library(MASS)
  library(sandwich)
  library(clubSandwich)
  library(lme4)
})

d <- read.csv("table.csv")
d$school <- factor(d$school)
d$la <- factor(d$la)
d$rate <- log((d$base_count + 0.5) / d$pupils)
d$size <- log(d$pupils)
tight <- glm.control(epsilon = 1e-14, maxit = 200)
refit <- function(fit) suppressWarnings(update(fit, start = coef(fit)))
robust <- function(fit, term, types = c("HC0", "HC1", "HC2", "HC3"))
  sapply(types, function(type) sqrt(vcovHC(fit, type = type)[term, term]), simplify = FALSE)

main <- refit(glm(y ~ arm + rate + size + fsm + la, poisson, d, offset = log(pupil_years), control = tight))
phi <- sum(residuals(main, "pearson")^2) / main$df.residual
standardise <- function(V) {
  X1 <- X0 <- model.matrix(main); X1[, "arm"] <- 1; X0[, "arm"] <- 0
  share <- d$pupil_years / sum(d$pupil_years) * 1000
  r1 <- share * exp(X1 %*% coef(main)); r0 <- share * exp(X0 %*% coef(main))
  slope <- colSums(drop(r1) * X1) - colSums(drop(r0) * X0)
  list(with = sum(r1), without = sum(r0), se = sqrt(drop(slope %*% V %*% slope)))
}
poisson_default <- c(list(arm = coef(main)[["arm"]], df = main$df.residual, phi = phi), robust(main, "arm"),
                     list(rates_HC3 = standardise(vcovHC(main, type = "HC3")), rates_HC1 = standardise(vcovHC(main, type = "HC1"))))

unadjusted <- refit(glm(y ~ arm + la, poisson, d, offset = log(pupil_years), control = tight))
weighted <- function(w) {
  d$w <<- w / mean(w)
  fit <- refit(suppressWarnings(glm(y ~ arm + rate + size + fsm + la, poisson, d, weights = w, offset = log(pupil_years), control = tight)))
  list(arm = coef(fit)[["arm"]], HC3 = sqrt(vcovHC(fit, type = "HC3")["arm", "arm"]))
}
of_authority <- ave(d$pupil_years, d$la, FUN = sum)

d$poor <- as.numeric(d$fsm > 25)
by_group <- refit(glm(y ~ arm * poor + rate + size + fsm + la, poisson, d, offset = log(pupil_years), control = tight))

nb <- glm.nb(y ~ arm + rate + size + fsm + la + offset(log(pupil_years)), d, control = glm.control(epsilon = 1e-12, maxit = 500))
negative_binomial <- list(arm = coef(nb)[["arm"]], se = sqrt(vcov(nb)["arm", "arm"]), HC3 = sqrt(vcovHC(nb, type = "HC3")["arm", "arm"]),
                          theta = nb$theta, log_likelihood = as.numeric(logLik(nb)))

null <- refit(glm(y ~ rate + size + fsm + la, poisson, d, offset = log(pupil_years), control = tight))
d$summary <- log((d$y + 0.5) / (fitted(null) + 0.5))
stage <- lm(summary ~ arm + la, d)
squares <- sum(residuals(stage)^2)
centred <- d$arm - ave(d$arm, d$la)
two_stage <- list(arm = coef(stage)[["arm"]], se = sqrt(squares / 243 / sum(centred^2)))

d$rate_s <- as.numeric(scale(d$rate)); d$size_s <- as.numeric(scale(d$size)); d$fsm_s <- as.numeric(scale(d$fsm))
mixed <- function(formula, nodes = 1) {
  fit <- glmer(formula, d, poisson, offset = log(pupil_years), nAGQ = nodes,
               control = glmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 2e5, rhoend = 1e-10)))
  list(arm = fixef(fit)[["arm"]], se = sqrt(as.matrix(vcov(fit))["arm", "arm"]), sd = lapply(VarCorr(fit), function(v) sqrt(v[1])),
       log_likelihood = as.numeric(logLik(fit)))
}
mixed_models <- list(
  school = mixed(y ~ 0 + la + arm + rate_s + size_s + fsm_s + (1 | school)),
  school_15 = mixed(y ~ 0 + la + arm + rate_s + size_s + fsm_s + (1 | school), 15),
  authority = mixed(y ~ arm + rate_s + size_s + fsm_s + (1 | la)),
  authority_9 = mixed(y ~ arm + rate_s + size_s + fsm_s + (1 | la), 9),
  nested = mixed(y ~ arm + rate_s + size_s + fsm_s + (1 | school) + (1 | la)))

# The same events over two follow-ups: a share of each school's that differs between schools.
set.seed(268)
first <- rbinom(nrow(d), d$y, plogis(rnorm(nrow(d), 0, 0.5)))
long <- rbind(transform(d, follow_up = "1", y = first), transform(d, follow_up = "2", y = d$y - first))
long$exposure <- long$pupil_years / 2
several <- refit(glm(y ~ arm + rate + size + fsm + la + follow_up, poisson, long, offset = log(exposure), control = tight))
clustered <- function(type) sqrt(vcovCR(several, cluster = long$school, type = type)["arm", "arm"])
apart <- refit(glm(y ~ arm:follow_up + rate + size + fsm + la + follow_up, poisson, long, offset = log(exposure), control = tight))
apart_V <- vcovCR(apart, cluster = long$school, type = "CR3")
terms <- c("arm:follow_up1", "arm:follow_up2")
follow_ups <- list(first = first, arm = coef(several)[["arm"]], CR0 = clustered("CR0"), CR1S = clustered("CR1S"),
                   CR2 = clustered("CR2"), CR3 = clustered("CR3"), by_follow_up = unname(coef(apart)[terms]),
                   by_follow_up_se = unname(sqrt(diag(as.matrix(apart_V)))[terms]), by_follow_up_cov = apart_V[terms[1], terms[2]])

# Sessions: missed of possible, with odds that differ between schools.
possible <- d$pupils * 380
missed <- rbinom(nrow(d), possible, plogis(-2.6 + 0.2 * rnorm(nrow(d)) + 0.01 * d$fsm))
binomial_fit <- refit(glm(cbind(missed, possible - missed) ~ arm + rate + size + fsm + la, quasibinomial, d, control = tight))
sessions <- c(list(possible = possible, missed = missed, arm = coef(binomial_fit)[["arm"]],
                   phi = summary(binomial_fit)$dispersion, scaled = sqrt(vcov(binomial_fit)["arm", "arm"])), robust(binomial_fit, "arm"))

# Scores: pupils in 60 schools of 5 authorities; R sees the pupils, the stored table their number, mean and deviation by school.
schools <- 60
n <- sample(8:40, schools, TRUE)
school_arm <- rep(c(1, 0), schools / 2)
authority <- rep(1:5, each = 12)
pretest <- round(rnorm(schools, 100, 5), 3)
pupil <- data.frame(school = rep(seq_len(schools), n))
pupil$arm <- school_arm[pupil$school]; pupil$la <- factor(authority[pupil$school]); pupil$pre <- pretest[pupil$school]
pupil$score <- 50 + 0.4 * (pupil$pre - 100) + 1.5 * pupil$arm + rnorm(schools, 0, 3)[pupil$school] + rnorm(nrow(pupil), 0, 9)
multilevel <- lmer(score ~ arm + pre + la + (1 | school), pupil, REML = TRUE,
                   control = lmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5, rhoend = 1e-10)))
total <- sqrt(sum(residuals(lm(score ~ arm, pupil))^2) / (nrow(pupil) - 2))
variance <- as.data.frame(VarCorr(multilevel))$vcov
between <- anova(lm(score ~ arm + factor(school), pupil))
scores <- list(n = n, arm = school_arm, authority = authority, pretest = pretest, mean = as.numeric(tapply(pupil$score, pupil$school, mean)),
               sd = as.numeric(tapply(pupil$score, pupil$school, sd)), difference = fixef(multilevel)[["arm"]],
               se = sqrt(as.matrix(vcov(multilevel))["arm", "arm"]), total = total, icc = variance[1] / sum(variance),
               mean_square_between = between[["Mean Sq"]][2], mean_square_within = between[["Mean Sq"]][3])

# Two groups of schools, above and below the middle of the pre-test, with effects of their own.
pupil$high <- as.numeric(pupil$pre > 100)
pupil$with_high <- pupil$arm * pupil$high; pupil$with_low <- pupil$arm * (1 - pupil$high)
grouped <- lmer(score ~ with_low + with_high + high + pre + la + (1 | school), pupil, REML = TRUE,
                control = lmerControl(optimizer = "bobyqa", optCtrl = list(maxfun = 1e5, rhoend = 1e-10)))
own <- c("with_low", "with_high")
scores$groups <- list(difference = unname(fixef(grouped)[own]), covariance = unname(as.matrix(vcov(grouped))[own, own]))

write_json(list(
  versions = list(R = paste(R.version$major, R.version$minor, sep = "."), MASS = as.character(packageVersion("MASS")),
                  sandwich = as.character(packageVersion("sandwich")), clubSandwich = as.character(packageVersion("clubSandwich")),
                  lme4 = as.character(packageVersion("lme4"))),
  poisson = poisson_default, unadjusted = c(list(arm = coef(unadjusted)[["arm"]]), robust(unadjusted, "arm")),
  school_average = weighted(1 / d$pupil_years), authority_average = weighted(1 / of_authority),
  interaction = list(interaction = coef(by_group)[["arm:poor"]], HC3 = sqrt(vcovHC(by_group, type = "HC3")["arm:poor", "arm:poor"]),
                     df = by_group$df.residual),
  negative_binomial = negative_binomial, two_stage = two_stage, mixed = mixed_models, follow_ups = follow_ups,
  sessions = sessions, scores = scores), "trial.json", digits = I(15), auto_unbox = TRUE, pretty = FALSE)
