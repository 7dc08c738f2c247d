-- One row is one organisation with a fingerprint of everything that deliveries tell of it.
with known as (

    select
        naming.cooperative_key,
        naming.cooperative_no,
        sum(told.records) as records,
        {{ checksum_of('told.checksum') }} as checksum,
        {{ checksum_of(number_of(['naming.naming_no', 'naming.link_rule'])) }} as rules
    from {{ ref('int_cooperative_told') }} as told
    inner join {{ ref('int_cooperative_naming') }} as naming on told.naming_no = naming.naming_no
    group by naming.cooperative_key, naming.cooperative_no

)

select
    cooperative_key,
    cooperative_no,
    {{ number_of(['cooperative_no', 'records', 'checksum', 'rules']) }} as history_version
from known
