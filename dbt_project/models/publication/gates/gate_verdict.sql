-- One row is one subject that failed one expectation of the KPI gate.
select
    gate,
    suite,
    expectation,
    severity,
    effect,
    subject_type,
    subject_key,
    kpi_cell,
    found,
    reason_vi,
    reason_en
from {{ source('gates', 'kpi_verdicts') }}
