-- One row is one subject that failed one expectation of the KPI gate or, without being kept out, of the gate `records`.
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
    reason_en,
    value,
    reviewed_by,
    cast(reviewed_on as date) as reviewed_on,
    review_reason
from {{ source('gates', 'kpi_verdicts') }}
union all
select
    'records' as gate,
    finding.suite,
    finding.expectation,
    finding.severity,
    finding.effect,
    'record' as subject_type,
    coalesce(artefact.file, finding.artefact)
    || coalesce(', ' || finding.sheet, '')
    || coalesce(', ' || finding.place, '') as subject_key,
    cast(null as string) as kpi_cell,
    finding.found,
    finding.reason_vi,
    finding.reason_en,
    cast(null as string) as value,
    cast(null as string) as reviewed_by,
    cast(null as date) as reviewed_on,
    cast(null as string) as review_reason
from {{ ref('stg_record_finding') }} as finding
left join {{ ref('int_artefact') }} as artefact on finding.artefact = artefact.artefact
where finding.effect = 'warn'
