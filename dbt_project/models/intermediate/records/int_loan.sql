-- One row is one loan at one reporting date, as one sheet delivers it, with province and programme resolved.
select
    {{ key_of(['record.artefact', 'record.sheet', 'record.cells']) }} as loan_key,
    record.*,
    sheet.province_key,
    sheet.territory_key,
    sheet.programme,
    sheet.period_end,
    sheet.published_on,
    sheet.known_on,
    sheet.file
from {{ ref('stg_loan') }} as record
inner join {{ ref('int_sheet_province') }} as sheet
    on
        record.artefact = sheet.artefact
        and record.sheet = sheet.sheet
        and record.report_province is not distinct from sheet.report_province
        and record.report_period_end is not distinct from sheet.report_period_end
where coalesce(sheet.known_on <= {{ as_of() }}, true)
