-- One row is one organisation with a fingerprint of everything that deliveries tell of it.
with known as (

    select
        naming.cooperative_no,
        any_value(naming.cooperative_key) as cooperative_key,
        sum(told.records) as records,
        max(told.last_on) as last_on,
        {{ checksum_of('told.checksum') }} as checksum,
        {{ checksum_of(fingerprint_of(['naming.naming_no', 'naming.link_rule'])) }} as rules
    from {{ ref('int_cooperative_told') }} as told
    inner join {{ ref('int_cooperative_naming') }} as naming on told.naming_no = naming.naming_no
    group by naming.cooperative_no

)

select
    cooperative_key,
    cooperative_no,
    last_on,
    {{ fingerprint_of(['cooperative_no', 'records', 'checksum', 'rules']) }} as history_version
from known
-- without a reporting date there is nothing to tell
where last_on is not null
