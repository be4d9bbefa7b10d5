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
# # Is technology still concentrating? (极化)
#
# Chapter 6 of the Nankai report 2023 says that innovation both concentrates in a few places and spreads
# from them. This notebook asks the first half as questions that numbers can answer: *who* concentrates,
# the organisations or the places; *on which side*, giving or taking; *since when*; and *how sure* are we?
#
# The relations are the embedded sample, **synthetic data (合成数据)**, so what is found here is found
# about no real cluster; at the end the same questions go to real relations, where they lie beside the
# repository. Put your own table in the place of either: `clusters.read_relations("relations.xlsx")`.

# %%
from pathlib import Path

from IPython.display import Image

import clusters
from clusters import figures, tables

relations = clusters.sample()


def show(axes):
    return Image(figures.to_bytes(axes), width=800)


# %% [markdown]
# ## What the printed report says already
#
# The report prints twenty shares of each side in Table 7, not all 31. The rest must lie somewhere between
# two extremes, so every measure has a least and a most. They are close: the two provinces that give most give
# 61.6 %, the two that take most take 49.8 %. Giving is as concentrated as if about 7 equal provinces gave,
# taking as if 11 took.

# %%
printed = tables.polarisation_of_margins(clusters.published.load("nankai_2023", table=7))
printed[printed["statistic"].isin(["cr2", "hhi", "effective", "gini"])]

# %% [markdown]
# ## Nine years, four meanings of the word
#
# Technology relations by year, each year with all before it. Enterprises are drawn anew 100 times, all with
# their relations; the bands say what other samples of as many enterprises would give.

# %%
yearly = tables.polarisation(relations, poles=["北京市", "广东省"], replicates=100)
columns = ["giving_effective", "taking_effective", "intra_share", "poles_touching", "gini"]
yearly[["year", *columns]]

# %%
show(figures.polarisation(yearly, synthetic=True))

# %% [markdown]
# The four panels do not tell one story. Giving stays with some seven provinces. Taking spreads. Among
# *organisations* giving concentrates more and more: the network grows by organisations that give little.
# So "is technology concentrating?" has no answer before it is said who, and on which side.
#
# ## In words, and only where the data can tell
#
# A change has a direction only where the interval of the *difference* of both years leaves 0 out. Bands of
# two years may overlap and the difference still be sure, because the years share relations and samples.

# %%
print(yearly.attrs["notes"][-1])

# %% [markdown]
# ## Who gives more than it takes?
#
# On both sides a few provinces hold most; taking lies nearer to the diagonal of equality.

# %%
show(figures.lorenz_curve(tables.polarisation(relations, table="lorenz"), synthetic=True))

# %%
margins = tables.flow_margins(relations)
margins.nlargest(3, "net_balance")[["place", "empowerment_share", "input_share", "net_balance"]]

# %% [markdown]
# ## Which technologies?
#
# Seventeen classes, three statistics each: chance alone would let some of them seem to move, and the
# paragraph says how many.

# %%
poles = ["北京市", "广东省"]
by_technology = tables.polarisation(relations, by="technology", poles=poles, table="reading", replicates=60)
print(by_technology.attrs["notes"][-1])

# %% [markdown]
# ## Does it hang on a single platform?
#
# Concentration that one enterprise makes is no property of the network. Without each of the three largest in
# turn, the numbers move by little:

# %%
network = clusters.networks.last(clusters.networks.cumulative(relations))
influence = tables.influence(network, relations, which=3)
influence[influence["statistic"].isin(["top_1_percent", "gini", "intra_share"])]

# %% [markdown]
# ## The same questions to real relations
#
# Coordinators and participants of Horizon 2020, by country ("Contains data from CORDIS, European Union,
# 2020"). Where the table is not beside the repository, this part is left out. It knows no sample
# enterprises, so coordinators are what is resampled. Years after 2020 hold a handful of late projects.

# %%
places = [Path(up, "shared", "data", "cordis_h2020", "relations.csv.gz") for up in ("..", "../..")]
found = next((place for place in places if place.exists()), None)
if found is None:
    print("The CORDIS relations are not beside the repository: nothing to show.")
else:
    cordis = clusters.read_relations(found)
    years = range(2014, 2021)
    europe = tables.polarisation(cordis, level="country", years=years, replicates=60)
    print(europe.attrs["notes"][-1])

# %% [markdown]
# Half as much stays within the country as at the start, and that is sure. Whether giving or taking grew
# more concentrated, the data cannot tell: 2014 holds few projects, and few relations look more
# concentrated than many.
#
# And the poles? They were chosen by the last year, and who is chosen for being large at the end has mostly
# risen; so the paragraph says nothing about chance. Chosen by the first year they fall, for the same reason
# the other way round. Name poles from outside the table, as the report does with 北京 and 广东.

# %%
if found is not None:
    first = tables.flow_margins(clusters.relations.in_years(cordis, None, 2014), level="country")
    poles = list(first.nlargest(2, "empowerment_share")["place"])
    options = {"level": "country", "years": years, "poles": poles, "replicates": 60}
    of_poles = tables.polarisation(cordis, table="flows", **options)
    print("poles", poles, of_poles["poles_touching"].round(3).tolist())
