"""How the numbers of a trial were made: each method in two sentences with its source, and the words of the report."""

from __future__ import annotations

from swis.report.document import Block, Bullets, Column, Heading, Paragraph, Table
from swis.study.trial.evaluation import TrialEvaluation

METHODS = (
    (
        "Planned analysis of counts",
        "Poisson pseudo-likelihood with exposure as offset, an effect for each authority, and what the plan adjusts "
        "for. Schools are the units; robust standard errors, t with schools less parameters.",
        "Hayes and Moulton 2017; MacKinnon and White 1985",
    ),
    (
        "Rates with and without",
        "Every school's rate is predicted in both arms and averaged; the difference has a delta-method interval.",
        "Hayes and Moulton 2017",
    ),
    (
        "Randomisation test",
        "The draw is made again many times by its own method; p is the share of draws with a score at least as "
        "extreme, the real one counted. It needs no distribution and holds with few schools.",
        "Gail and others 1996; Braun and Feng 2001",
    ),
    (
        "Score wild bootstrap",
        "Each school's part of the score gets a random sign.",
        "Kline and Santos 2012",
    ),
    (
        "Negative binomial, mixed models, GEE, two stages",
        "Other ways to allow for schools that differ: by a gamma or normal spread of rates, by a working correlation "
        "with corrections for few schools, or by one rate a school.",
        "Mancl and DeRouen 2001; Kauermann and Carroll 2001; Leyrat and others 2018",
    ),
    (
        "Bayesian hierarchical model",
        "Schools and authorities as normal intercepts, priors as stated; schools integrated out, the rest by Laplace's "
        "approximation over a grid. An option.",
        "Rue and others 2009; Spiegelhalter and others 2004",
    ),
    ("Estimands", "The same model with weights by pupils, schools or authorities.", "Kahan and others 2023"),
    (
        "k and intra-cluster correlation",
        "k is the coefficient of variation of true rates between schools, from the scatter beyond that of counting; "
        "the correlation is by analysis of variance.",
        "Hayes and Bennett 1999; Donner 1986",
    ),
    (
        "Several outcomes",
        "Holm, or Romano and Wolf's step-down with the same draws for all outcomes.",
        "Holm 1979; Romano and Wolf 2005",
    ),
    ("Subgroups", "One model with an effect for each group; an F test that they are alike.", "Assmann and others 2000"),
    (
        "Complier average",
        "Multiplicative structural mean model with the arm as instrument; of scores, the difference over what the draw did "
        "to the uptake.",
        "Clarke and Windmeijer 2010; Bloom 1984",
    ),
    (
        "Missing outcomes",
        "Pattern mixture: a stated factor on the rate of what is missing; of scores, a stated shift.",
        "White, Carpenter and Horton 2018",
    ),
    ("Looks", "Error spent after O'Brien and Fleming.", "Lan and DeMets 1983"),
    (
        "Sessions and scores",
        "Sessions missed of possible: binomial with robust errors. Scores: multilevel model, Hedges' g with the "
        "total variance; the randomisation test scores each draw in that model without an effect.",
        "Hedges 2007; EEF 2022",
    ),
    (
        "Holding the level",
        "Every analysis was run on thousands of simulated trials without effect, at 16, 40, 120 and 268 schools. It "
        "holds its level where it claims an effect in at most 6.5% and its intervals hold the truth in at least "
        "93.5%.",
        "stored with the program",
    ),
)

WORDS = (
    "Rate ratio: the rate with a social worker, as a multiple of what it would have been without. 1 means no difference.",
    "95% interval: the ratios that the method does not reject. An honest one misses the truth one time in twenty.",
    "p: how often the draw alone would give a difference as large, if the programme changed nothing.",
    "Pupil-year: one pupil on roll for one year.",
    "Intention to treat: every school counts in the arm it was drawn for, whatever it then did.",
    "Worth having: the smallest effect for which the programme would be wanted. The plan fixes it, not the data.",
    "Interaction: the difference between the effects in two groups.",
)


def methods_chapter(evaluation: TrialEvaluation) -> list[Block]:
    """Methods with their sources, how pupils came in, and words."""
    seed = evaluation.trial.protocol.options.seed
    return [
        Heading(1, "How the numbers were made", "methods"),
        Paragraph(
            "Schools were drawn, and schools are the units of every analysis. No pupil was asked to take part: all "
            "pupils on roll are counted, from the returns that authorities make by law. Schools and workers knew "
            "their arm, as a worker in a school cannot be hidden."
        ),
        Table(
            "Methods",
            (Column("Method", row_header=True), Column("What it does"), Column("Source")),
            METHODS,
            "methods-table",
            f"Whatever is drawn at random has the seed {seed}.",
        ),
        Heading(2, "Words", "words"),
        Bullets(WORDS),
        Paragraph(
            "Small numbers: counts in this report are those of a whole arm. No count of one school, and none below "
            "an arm, is in it."
        ),
    ]
