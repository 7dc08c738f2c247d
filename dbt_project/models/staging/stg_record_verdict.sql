-- One row is one row of a sheet, one statement or one whole document that the gate `records` keeps back.
select distinct
    artefact,
    case when effect = 'quarantine row' then record_type end as record_type,
    case when effect = 'quarantine row' then sheet end as sheet,
    case when effect = 'quarantine row' then place end as place
from {{ ref('stg_record_judgement') }}
where effect in ('quarantine row', 'quarantine artefact')
