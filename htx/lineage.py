"""OpenLineage: which datasets a task read and wrote, with row counts, for Airflow's own OpenLineage provider.

A step says what it touches with `orchestration.tell_rows`; the provider calls `StepExtractor` once the task is done.
Datasets are named in the namespace ``htx``: ``source.<name>``, ``archive``, ``lake`` and ``lake.<record type>``,
``gates.<gate>``, ``warehouse.candidate``, ``warehouse.marts``, ``release``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.providers.common.compat.openlineage.facet import Dataset, OutputDataset, OutputStatisticsOutputDatasetFacet
from airflow.providers.openlineage.extractors.base import BaseExtractor, OperatorLineage

from htx.orchestration import NAMESPACE, lineage_of


class StepExtractor(BaseExtractor):  # type: ignore[misc]
    """Gives the provider what the step has said; nothing for a task that has said nothing."""

    @classmethod
    def get_operator_classnames(cls) -> list[str]:
        """Return the operators that the steps are made of."""
        return ["_PythonDecoratedOperator", "_ShortCircuitDecoratedOperator"]

    def _execute_extraction(self) -> OperatorLineage:
        return OperatorLineage()  # before a task has run it has touched nothing

    def extract_on_complete(self, task_instance: Any) -> OperatorLineage:
        """Return the datasets of a task that has ended."""
        inputs, outputs = lineage_of(str(task_instance.id))
        return OperatorLineage(
            inputs=[Dataset(namespace=NAMESPACE, name=name) for name in inputs],
            outputs=[_output(name, rows) for name, rows in outputs.items()],
        )


def _output(name: str, rows: int | None) -> OutputDataset:
    facets: Mapping[str, Any] = (
        {} if rows is None else {"outputStatistics": OutputStatisticsOutputDatasetFacet(rowCount=rows)}
    )
    return OutputDataset(namespace=NAMESPACE, name=name, outputFacets=dict(facets))
