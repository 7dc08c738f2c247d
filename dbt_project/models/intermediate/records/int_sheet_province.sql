-- One row is one sheet of a workbook with its province, reporting date, programme and counting system.
select
    sheet.artefact,
    sheet.sheet,
    sheet.report_province,
    sheet.report_period_end,
    place.province_key,
    place.territory_key,
    coalesce(sheet.report_period_end, artefact.published_on) as period_end,
    artefact.published_on,
    coalesce(artefact.published_on, sheet.report_period_end) as known_on,
    artefact.file,
    artefact.programme,
    artefact.source_system
from {{ ref('int_sheet') }} as sheet
inner join {{ ref('int_artefact') }} as artefact on sheet.artefact = artefact.artefact
left join {{ ref('int_place') }} as place
    on sheet.place_text = place.place_text and sheet.on_date = place.on_date
