-- One row is one expectation of the KPI gate and how many subjects it was held against.
select
    gate,
    suite,
    expectation,
    severity,
    effect,
    protects_vi,
    protects_en,
    checked,
    failed,
    success
from {{ source('gates', 'kpi_checks') }}
