-- One row is one organisation with a fingerprint of everything that its deliveries tell of it, the newest of each date.
select
    cooperative_key,
    cooperative_key || ':' || {{ checksum_of(['status_key', 'delivery_version', 'link_rule']) }} as history_version
from {{ ref('int_cooperative_status') }}
where is_newest
group by cooperative_key
