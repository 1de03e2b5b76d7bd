"""The Bayesian hierarchical model of a trial by draws of everything in it (NUTS of numpyro), written to bayes.json.

    .venv/bin/python tests/oracles/trial/bayes.py

Needs the extra swis[bayes]; about five minutes. It has the model and the priors of `swis/estimate/trial/bayes.py` and none of its
arithmetic: schools, authorities and both deviations are drawn, nothing is integrated. Tables: the stored trial, its two
follow-ups, and 16 schools of its first two authorities, where an approximation would show first.
"""

from __future__ import annotations

import csv
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import numpyro
from jax import random
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.distributions import HalfNormal, Normal, Poisson
from numpyro.infer import MCMC, NUTS

HERE = Path(__file__).parent
SEED = 20250901
CHAINS, WARM_UP, DRAWS = 4, 1_000, 5_000
SCALES = {"default": (0.5, 0.5), "wide": (1.0, 1.0)}

Data = dict[str, Any]


def stored() -> Data:
    with (HERE / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    numbers = {name: np.array([float(row[name]) for row in rows]) for name in rows[0] if name not in ("school", "la")}
    return numbers | {"school": np.arange(len(rows)), "authority": np.array([row["la"] for row in rows])}


def few(data: Data) -> Data:
    """Eight schools, four of either arm, of each of the first two authorities."""
    rows = []
    for name in list(dict.fromkeys(data["authority"]))[:2]:
        own = np.flatnonzero(data["authority"] == name)
        rows += [*own[data["arm"][own] == 1][:4], *own[data["arm"][own] == 0][:4]]
    return {name: values[rows] for name, values in data.items()} | {"school": np.arange(len(rows))}


def twice(data: Data) -> Data:
    first = np.array(json.loads((HERE / "trial.json").read_text(encoding="utf-8"))["follow_ups"]["first"], dtype=float)
    tiled = {name: np.tile(values, 2) for name, values in data.items()}
    later = np.repeat([0.0, 1.0], len(first))
    halves = {"y": np.concatenate([first, data["y"] - first]), "pupil_years": tiled["pupil_years"] / 2}
    return tiled | halves | {"later": later}


def design(data: Data) -> Data:
    covariates = [np.log((data["base_count"] + 0.5) / data["pupils"]), np.log(data["pupils"]), data["fsm"]]
    columns = [(values - values.mean()) / values.std() for values in covariates]
    columns += [data["later"]] if "later" in data else []
    names = list(dict.fromkeys(data["authority"]))
    return {
        "count": jnp.asarray(data["y"]),
        "log_exposure": jnp.log(jnp.asarray(data["pupil_years"])),
        "arm": jnp.asarray(data["arm"]),
        "columns": jnp.asarray(np.column_stack(columns)),
        "school": jnp.asarray(data["school"]),
        "authority": jnp.asarray([names.index(name) for name in data["authority"]]),
        "sizes": (int(data["school"].max()) + 1, len(names)),
    }


def model(d: Data, effect_scale: float, deviation_scale: float) -> None:
    schools, authorities = d["sizes"]
    effect = numpyro.sample("effect", Normal(0, effect_scale))
    level = numpyro.sample("level", Normal(-5, 5))
    slopes = numpyro.sample("slopes", Normal(0, 1).expand([d["columns"].shape[1]]))
    of_school = numpyro.sample("school_deviation", HalfNormal(deviation_scale))
    of_authority = numpyro.sample("authority_deviation", HalfNormal(deviation_scale))
    school = of_school * numpyro.sample("school", Normal(0, 1).expand([schools]))
    authority = of_authority * numpyro.sample("authority", Normal(0, 1).expand([authorities]))
    eta = level + effect * d["arm"] + d["columns"] @ slopes + school[d["school"]] + authority[d["authority"]]
    numpyro.sample("count", Poisson(jnp.exp(d["log_exposure"] + eta)), obs=d["count"])


def draw(d: Data, prior: str) -> Data:
    sampler = MCMC(
        NUTS(model, target_accept_prob=0.995),
        num_warmup=WARM_UP,
        num_samples=DRAWS,
        num_chains=CHAINS,
        chain_method="vectorized",
        progress_bar=False,
    )
    sampler.run(random.key(SEED), d, *SCALES[prior])
    drawn = {name: np.asarray(values) for name, values in sampler.get_samples(group_by_chain=True).items()}
    watched = [drawn[name] for name in ("effect", "school_deviation", "authority_deviation")]
    quantiles = [0.025, 0.5, 0.975]
    return {
        "log_ratio": np.quantile(drawn["effect"], quantiles).tolist(),
        "school_deviation": np.quantile(drawn["school_deviation"], quantiles).tolist(),
        "authority_deviation": np.quantile(drawn["authority_deviation"], quantiles).tolist(),
        "probability_below_one": float((drawn["effect"] < 0).mean()),
        "probability_below_nine_tenths": float((drawn["effect"] < np.log(0.9)).mean()),
        "rhat": max(float(split_gelman_rubin(values)) for values in watched),
        "effective_draws": min(float(effective_sample_size(values)) for values in watched),
        "divergences": int(np.asarray(sampler.get_extra_fields()["diverging"]).sum()),
    }


def main() -> None:
    numpyro.enable_x64()
    whole = stored()
    tables = {"stored": whole, "follow_ups": twice(whole), "few": few(whole)}
    result = {
        "versions": {name: version(name) for name in ("numpyro", "jax", "numpy")},
        "seed": SEED,
        "chains": CHAINS,
        "draws": DRAWS,
        "scales": SCALES,
        "tables": {name: {prior: draw(design(data), prior) for prior in SCALES} for name, data in tables.items()},
    }
    (HERE / "bayes.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
