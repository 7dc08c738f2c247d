-- One row is one row of a sheet, one statement or one whole document that the gate `records` keeps back.
with source as (

    select * from {{ source('lake', 'record_verdict') }}

)

select distinct
    artefact,
    case when effect = 'quarantine row' then record_type end as record_type,
    case when effect = 'quarantine row' then sheet end as sheet,
    case when effect = 'quarantine row' then place end as place
from source
where effect in ('quarantine row', 'quarantine artefact')
