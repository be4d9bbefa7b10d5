# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # How sure is a ranking of cities? (综合指数)
#
# Reports rank cities by composite indices, and rarely say how much of a rank is the city and how much the
# choices of whoever made the index. This notebook goes the whole way once: from relations to indicators, from
# indicators to scores, and from scores to what would have come out otherwise. At the end it reads a
# published index backwards, to the weights that were not printed.
#
# The relations are the embedded sample, **synthetic data (合成数据)**, and the index is an example of
# use, not a published one: nothing here ranks a real city, until the last section.

# %%
from IPython.display import Image

import clusters
from clusters import figures, tables
from clusters.index.frameworks import read_framework
from clusters.index.recover import recover
from clusters.index.robustness import Uncertainty
from clusters.index.scoring import score

relations = clusters.sample()


def show(axes):
    return Image(figures.to_bytes(axes), width=800)


# %% [markdown]
# ## From relations to indicators
#
# One row per city, one column per indicator. Cities with fewer than ten organisations are left out: the mean
# of two organisations says nothing of a place. On the command line this is
# `clusters indicators relations.csv --minimum 10 --out indicators.csv`, and `clusters explain
# restricted_lag` says what a column is.

# %%
cities = tables.place_indicators(relations, level="city", minimum=10)
print(*cities.attrs["notes"], sep="\n")
columns = [
    "organisations",
    "relations",
    "partner_places",
    "brokerage_share",
    "technologies",
    "restricted_lag",
]
cities[["unit", *columns]].head(8)

# %% [markdown]
# Columns of your own go beside them by the name of the place, in any of its forms: here the inhabitants of
# five cities in millions (census of 2020, rounded).

# %%
import pandas as pd

people = pd.Series(
    {"Beijing": 21.9, "上海": 24.9, "深圳市": 17.6, "广州": 18.7, "杭州": 11.9}, name="inhabitants"
)
five = tables.place_indicators(relations, columns=["relations"], join=people.to_frame()).dropna()
five.assign(relations_per_million=five["relations"] / five["inhabitants"])

# %% [markdown]
# ## From indicators to scores
#
# A framework says which indicators count, in which groups, in which direction and with which weight.
# `network` is one of those shipped; `clusters index new` writes one to begin your own from.

# %%
framework = read_framework("network")
print(framework.title_en)
for group in framework.children[framework.root]:
    print(f"  {framework.name_of(group)}: {', '.join(map(framework.name_of, framework.children[group]))}")

# %%
result = score(framework, cities.set_index("unit"))
tables.index_scores(result).head(10)

# %% [markdown]
# What is behind a score? Every contribution is a normalised value times the weight of its indicator in
# the whole, so they add up to the score. Two cities compare best by their profiles.

# %%
parts = tables.index_decomposition(result)
parts[parts["unit"] == "杭州市"].sort_values("contribution", ascending=False).head(4)

# %%
show(figures.index_profile(tables.index_scores(result), units=["深圳市", "杭州市"], synthetic=True))

# %% [markdown]
# ## Would other weights have changed the ranks?
#
# The question that is asked first. All weights are multiplied by a number between 0.75 and 1.25, two
# thousand times. The answer is: hardly, at the top. The first seven keep their ranks, intervals of the
# next ones are a few places long. Further down scores lie close together, and intervals grow.

# %%
by_weights = tables.index_robustness(result, draws=2000)
show(figures.index_ranking(by_weights, top=25, synthetic=True))

# %% [markdown]
# ## Would other methods?
#
# The question that should be asked first. Ranks in the place of min-max, outliers treated or not, a
# geometric mean that forgives no weakness, weights by CRITIC: all are usual, and nothing in the data says
# which is right.

# %%
choices = Uncertainty(
    normalise=("min-max", "rank"),
    mean=("arithmetic", "geometric"),
    outliers=(False, True),
    system=("equal", "critic"),
)
by_choices = tables.index_robustness(result, choices, draws=2000)
print(by_choices.attrs["notes"][-2])
by_choices[["unit", "rank", "rank_low", "rank_high", "keeps_tier"]].head(10)

# %% [markdown]
# Now several of the leading cities leave their tier in a good part of the draws. Sobol indices share the
# blame: how much of the variance of ranks goes back to each choice, alone (`sobol_first`) and with all that
# it does together with others (`sobol_total`).

# %%
blame = tables.rank_sensitivity(result, choices, draws=512)
print(blame.attrs["notes"][-1])
blame[["drawn_source", "sobol_first", "sobol_total", "sobol_total_low", "sobol_total_high"]].head(5)

# %% [markdown]
# Weights are what is quarrelled about, and here they matter least. The mean and the normalisation matter
# most, and are printed in small type, if at all.

# %% [markdown]
# ## Who moved?
#
# In a panel all years share one scale, so that a score of 2018 and one of 2022 mean the same.

# %%
panel = tables.place_indicators(relations, level="city", minimum=10, by_year=True, years=[2018, 2022])
both = score(framework, panel.set_index(["unit", "year"]))
moves = tables.index_changes(both, both, years=(2018, 2022))
print(*moves.attrs["notes"][:2], sep="\n")
show(figures.rank_changes(moves, names=("2018", "2022"), top=20, synthetic=True))

# %% [markdown]
# ## A published index read backwards
#
# 36Kr printed for 30 cities in 2020 five sub-scores and a total, rounded to two decimals, but not the
# weights. Thirty equations for five unknowns, each with a known error of rounding: least squares estimate
# the weights, linear programmes bound them, and only one vector of round weights fits.

# %%
printed = clusters.published.load("kr36_2020", as_printed=True).set_index("city_zh")
found = recover(printed[["environment", "funding", "rnd", "foundation", "outcome"]], printed["total"])
weights = tables.recovered_weights(found, read_framework("kr36_2020"))
print(*weights.attrs["notes"], sep="\n")
weights[["id", "weight", "low", "high"]]

# %%
show(figures.weight_recovery(weights, tables.recovered_residuals(found)))

# %% [markdown]
# With the weights known, the published ranks can be asked the same question: would weights a quarter larger
# or smaller have changed them? They would not. What normalisation and treatment of raw data did cannot be
# asked, since the indicators below the sub-scores are not printed.

# %%
kr36 = score(read_framework("kr36_2020"), printed.drop(columns=["rank", "total", "source"]).astype(float))
sure = tables.index_robustness(kr36, draws=2000)
print(*sure.attrs["notes"][2:], sep="\n")
