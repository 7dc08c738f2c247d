-- One row is one sheet of a workbook and the place and day it reports on, as far as it says so.
with sheets as (

    select distinct
        artefact,
        sheet,
        report_province,
        report_period_end
    from {{ ref('int_sheet_part') }}

)

select
    sheets.artefact,
    sheets.sheet,
    sheets.report_province,
    sheets.report_period_end,
    coalesce(sheets.report_province, artefact.province_text) as place_text,
    -- a sheet names its province as it was called on the reporting date
    coalesce(sheets.report_period_end, artefact.published_on, {{ as_of() }}) as on_date
from sheets
left join {{ ref('stg_artefact') }} as artefact on sheets.artefact = artefact.artefact
