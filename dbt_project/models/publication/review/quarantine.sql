-- One row is one document, row, field or statement that is kept out, with its place, why, and what to do.
select
    quarantine.artefact,
    coalesce(quarantine.file, artefact.file) as file,
    quarantine.gate,
    quarantine.sheet,
    quarantine.place,
    quarantine.field,
    coalesce(quarantine.expected_vi, quarantine.expected) as expected_vi,
    quarantine.expected as expected_en,
    quarantine.found,
    coalesce(quarantine.found_vi, quarantine.found) as found_vi,
    coalesce(quarantine.reason_vi, quarantine.reason) as reason_vi,
    quarantine.reason as reason_en,
    coalesce(quarantine.advice_vi, quarantine.advice) as advice_vi,
    quarantine.advice as advice_en,
    cast(null as string) as expectation
from {{ ref('stg_quarantine') }} as quarantine
left join {{ ref('int_artefact') }} as artefact on quarantine.artefact = artefact.artefact
union all
select
    finding.artefact,
    artefact.file,
    'records' as gate,
    finding.sheet,
    case
        when finding.place is null then 'file'
        when finding.record_type = 'statement' then 'statement ' || finding.place
        else finding.place
    end as place,
    finding.field,
    finding.expected_vi,
    finding.expected_en,
    finding.found,
    finding.found_vi,
    finding.reason_vi,
    finding.reason_en,
    cast(null as string) as advice_vi,
    cast(null as string) as advice_en,
    finding.expectation
from {{ ref('stg_record_finding') }} as finding
left join {{ ref('int_artefact') }} as artefact on finding.artefact = artefact.artefact
where finding.effect in ('quarantine row', 'quarantine artefact')
