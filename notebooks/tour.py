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
# # A tour of `clusters`
#
# One table of relations, the whole quantitative part of a cluster report. The table here is the
# embedded sample: **synthetic data (合成数据)**, made to resemble the network of the Nankai report
# 2023 in size and shape, with neutral names. Put your own file in its place:
# `clusters.read_relations("relations.xlsx")`.

# %%
import clusters

relations = clusters.sample()
relations.account.rows, relations.years, relations.kinds, relations.levels

# %% [markdown]
# ## How did the network grow?
#
# Networks are cumulative: the one of 2018 holds every relation up to 2018. An edge is an ordered
# pair of organisations; the number of relations behind it is kept beside it.

# %%
networks = clusters.networks.cumulative(relations)
structure = clusters.tables.yearly_structure(networks)
columns = ["year", "nodes", "edges", "average_degree", "diameter", "average_path_length"]
structure[[*columns, "average_clustering"]]

# %% [markdown]
# Distances are exact and count ordered pairs with a directed path only, as Gephi does. So the average
# means little without the share of pairs it speaks of:

# %%
last = clusters.networks.last(networks)
summary = clusters.measures.paths.path_summary(last)
summary.average_path_length, summary.reachable_pairs / (last.n_nodes * (last.n_nodes - 1))

# %% [markdown]
# ## Who gives, who receives?

# %%
clusters.tables.top_degrees(last, top=5, role="sample")

# %% [markdown]
# Giving is concentrated. The top one per cent of organisations hold more than half of all edges given:

# %%
concentration = clusters.tables.concentration(networks, degree="out")
concentration[["year", "top_10_percent", "top_1_percent", "top_0_1_percent"]]

# %% [markdown]
# ## Is it a power law?
#
# Only the table of tail size, goodness of fit and alternatives can say; a straight line through a
# log-log plot cannot.

# %%
clusters.tables.powerlaw(last, degrees=("out",), replicates=50)

# %% [markdown]
# ## Where does technology flow?

# %%
technology = clusters.relations.of_kinds(relations, ["technology"])
clusters.tables.flows(technology, level="province", top=5)

# %% [markdown]
# ## What does Gephi say?
#
# Gephi's number and the textbook's, each with the reason why they differ:

# %%
clusters.tables.parity(last)[["metric", "gephi_directed", "gephi_undirected", "textbook"]]
