-- One row is one line of an indicator table that no indicator of the registry fits: it is kept, and goes into no KPI.
select
    {{ key_of(['report.artefact', 'report.sheet', 'report.cell', 'report.kind', 'report.period_end']) }} as line_key,
    report.artefact,
    artefact.file,
    report.sheet,
    report.cell as cells,
    report.indicator_text,
    report.parent,
    report.unit_text,
    report.kind,
    report.value,
    report.period_start,
    report.period_end
from {{ ref('stg_indicator_report') }} as report
inner join {{ ref('int_artefact') }} as artefact on report.artefact = artefact.artefact
where report.indicator is null
