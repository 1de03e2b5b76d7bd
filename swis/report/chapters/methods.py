"""How the numbers were made: each method in two sentences, with its source, and the words of the report."""

from __future__ import annotations

from swis.report.document import Block, Bullets, Column, Heading, Paragraph, Table
from swis.study.together import Evaluation

METHODS = (
    (
        "Published method",
        "Poisson regression with an effect for every school and term, pupils as exposure, one coefficient for schools with a "
        "social worker in the last term; standard errors clustered by school times G/(G-1), all schools counted; normal "
        "intervals.",
        "reproduced from the publication",
    ),
    (
        "Randomisation test",
        "Every way to choose as many schools is scored by Rao's statistic; p is the share at least as extreme. The interval "
        "holds the ratios that no tail of 2.5% rejects.",
        "Hess 2017; MacKinnon and Webb 2020",
    ),
    (
        "Score wild bootstrap",
        "Each school's contribution to the score gets a random sign; all patterns of signs up to twelve schools.",
        "Kline and Santos 2012",
    ),
    (
        "CR1, CR2, CR3",
        "Clustered standard errors with t quantiles; CR2 with Satterthwaite degrees of freedom, CR3 leaves out one school at a "
        "time.",
        "Bell and McCaffrey 2002; Pustejovsky and Tipton 2018; MacKinnon, Nielsen and Webb 2023",
    ),
    (
        "Quasi-Poisson",
        "Profile likelihood with the dispersion that the counts show, not less than 1, and F quantiles.",
        "McCullagh and Nelder 1989",
    ),
    (
        "Exact, conditional",
        "The distribution of the events after the start given the totals of schools and terms. Events are taken as independent.",
        "Hirji, Mehta and Patel 1987; Agresti 2013",
    ),
    (
        "Firth",
        "Likelihood penalised by the information; finite under separation.",
        "Firth 1993; Kosmidis and Firth 2009",
    ),
    (
        "Separation",
        "A linear programme finds school-terms that the model would fit as exactly zero. The ratio then has no estimate.",
        "Correia, Guimaraes and Zylkin 2020",
    ),
    (
        "Event study and drift",
        "Intervention by term; robust intervals allow for a stated drift between schools.",
        "Rambachan and Roth 2023; Roth 2022",
    ),
    (
        "Smallest effect that could be found",
        "Two t quantiles (5% two-sided, 80% power) times the quasi-Poisson standard error.",
        "Bloom 1995",
    ),
    (
        "Pooling",
        "Random effects: Paule-Mandel variance, Hartung-Knapp-Sidik-Jonkman interval not shorter than the plain one.",
        "Rover, Knapp and Friede 2015",
    ),
    ("Family of tests", "Holm keeps the chance of any false claim at 5%.", "Holm 1979"),
    (
        "Costs",
        "Purchases as equal annual sums over their life, in decimal arithmetic, rounded last.",
        "Drummond and others 2015; Green Book 2022",
    ),
)

WORDS = (
    "Rate ratio: the rate with a social worker, as a multiple of what it would have been without. 1 means no difference.",
    "95% interval: the rate ratios that the method cannot reject. An honest one misses the truth one time in twenty.",
    "p: how often chance alone would give a difference as large. It cannot be smaller than one over the number of choices.",
    "Section 17 start: a child begins to be assessed or helped as a child in need (Children Act 1989, section 17).",
    "Section 47 enquiry: the authority enquires whether a child suffers or is likely to suffer significant harm (section 47).",
    "Days in care: days that pupils of a school spent looked after. One child in care for a term counts a hundred and more.",
    "Dispersion: the variance of the counts as a multiple of what independent events would show.",
)


def methods_chapter(evaluation: Evaluation) -> list[Block]:
    """Methods with their sources, and the words that the report uses."""
    seeds = sorted({each.study.options.seed for each in evaluation.studies})
    return [
        Heading(1, "How the numbers were made", "methods"),
        Table(
            "Methods",
            (Column("Method", row_header=True), Column("What it does"), Column("Source")),
            METHODS,
            "methods-table",
            f"Where choices or signs are drawn at random the seed is {', '.join(map(str, seeds))}.",
        ),
        Heading(2, "Words", "words"),
        Bullets(WORDS),
        Paragraph(
            "Small numbers: the tables hold counts of schools that are printed in the source. Nothing in this report is about "
            "one child."
        ),
    ]
