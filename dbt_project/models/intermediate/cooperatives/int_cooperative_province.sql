-- One row is one province of today, with a fingerprint of all by which its organisations are told apart: how deliveries
-- write them, and which of its forms is today's.
with ways as (

    select
        current_province_key,
        count(*) as ways,
        {{ checksum_of('naming_no') }} as checksum
    from {{ ref('int_cooperative_identity') }}
    group by current_province_key

),

forms as (

    select
        current_province_key,
        count(*) as forms,
        {{ checksum_of(number_of(['territory_key', '(is_current)'])) }} as checksum
    from {{ ref('dim_province') }}
    group by current_province_key

)

select
    ways.current_province_key,
    {{ number_of([
        'ways.current_province_key', 'ways.ways', 'ways.checksum', 'forms.forms', 'forms.checksum'
    ]) }} as link_version
from ways
left join forms on ways.current_province_key = forms.current_province_key
