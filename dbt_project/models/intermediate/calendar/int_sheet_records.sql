-- One row is one sheet of a workbook and one record type, with the records accepted from it.
select
    artefact,
    sheet,
    record_type,
    cast(sum(records) as bigint) as records
from {{ ref('int_sheet_part') }}
group by artefact, sheet, record_type
