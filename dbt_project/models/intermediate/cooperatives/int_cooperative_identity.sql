-- One row is one way in which deliveries name an organisation of one province: name, numbers and commune as written.
with named as (

    select
        status.status_key,
        status.kind,
        province.current_province_key,
        province.territory_key,
        {{ cooperative_key('status.name') }} as name_key,
        {{ digits('status.tax_code') }} as tax_key,
        {{ match_key('status.registration_no') }} as registration_key,
        coalesce({{ match_key('status.commune') }}, {{ match_key('status.district') }}) as commune_key
    from {{ ref('int_cooperative_status') }} as status
    inner join {{ ref('dim_province') }} as province on status.province_key = province.province_key
    where status.name is not null

)

select
    {{ key_of([
        'kind', 'current_province_key', 'territory_key', 'name_key', 'tax_key', 'registration_key', 'commune_key'
    ]) }} as identity_key,
    status_key,
    kind,
    current_province_key,
    territory_key,
    name_key,
    tax_key,
    registration_key,
    commune_key
from named
