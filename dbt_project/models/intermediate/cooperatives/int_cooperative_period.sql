-- One row is one organisation at one reporting date, as the newest delivery tells it.
{{ config(materialized='view') }}
select
    status.*,
    naming.cooperative_key,
    naming.cooperative_no,
    naming.link_rule
from {{ within_database(ref('int_cooperative_status')) }} as status
inner join {{ within_database(ref('int_cooperative_naming')) }} as naming on status.naming_no = naming.naming_no
where
    status.period_end is not null
    and status.status_key not in (
        select superseded.status_key from {{ within_database(ref('int_cooperative_superseded')) }} as superseded
    )
