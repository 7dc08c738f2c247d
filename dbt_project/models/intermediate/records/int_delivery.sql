-- One row is one document and one record type in it, with a version that changes with everything its rows depend on:
-- how it was read and judged, and the province, programme and days of its sheets. Tables that are kept from night to
-- night go by it (macros/incremental.sql).
with sheet as (

    select
        records.artefact,
        records.record_type,
        {{ key_of([
            'records.sheet', 'sheet.report_province', 'sheet.report_period_end', 'sheet.province_key',
            'sheet.territory_key', 'province.current_province_key', 'sheet.programme', 'sheet.period_end',
            '(' ~ districts_existed('sheet.period_end') ~ ')', 'sheet.published_on', 'sheet.known_on', 'sheet.file'
        ]) }} as context
    from {{ ref('int_sheet_records') }} as records
    inner join {{ ref('int_sheet_province') }} as sheet
        on records.artefact = sheet.artefact and records.sheet = sheet.sheet
    left join {{ ref('dim_province') }} as province on sheet.province_key = province.province_key
    where coalesce(sheet.known_on <= {{ as_of() }}, true)

),

contexts as (

    select
        artefact,
        record_type,
        {{ joined('context', ' ', 'context') }} as contexts
    from sheet
    group by artefact, record_type

)

select
    contexts.artefact,
    contexts.record_type,
    {{ number_of(['contexts.record_type', 'reading.reading_version', 'contexts.contexts']) }} as delivery_version
from contexts
inner join {{ ref('int_reading') }} as reading on contexts.artefact = reading.artefact
