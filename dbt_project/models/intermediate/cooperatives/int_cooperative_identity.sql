-- One row is one way in which deliveries write who an organisation of one province is: name, numbers and commune as
-- written, and the same in the one form in which they can be compared.
{{ config(
    materialized='incremental',
    incremental_strategy='append',
    pre_hook="{{ forget_old(ref('int_cooperative_told'), 'naming_no') }}"
) }}
with missing as (

    select naming_no from {{ ref('int_cooperative_told') }}
    where {{ is_lacking('naming_no') }}

),

-- all rows of one number say the same of these
named as (

    select
        status.naming_no,
        min(status.kind) as kind,
        min(status.current_province_key) as current_province_key,
        min(status.territory_key) as territory_key,
        min(status.name) as name,
        min(status.tax_code) as tax_code,
        min(status.registration_no) as registration_no,
        min(status.commune) as commune,
        min(status.district) as district
    from {{ ref('int_cooperative_status') }} as status
    inner join missing on status.naming_no = missing.naming_no
    group by status.naming_no

),

compared as (

    select
        naming_no,
        kind,
        current_province_key,
        territory_key,
        {{ cooperative_key('name') }} as name_key,
        {{ digits('tax_code') }} as tax_key,
        {{ match_key('registration_no') }} as registration_key,
        coalesce({{ match_key('commune') }}, {{ match_key('district') }}) as commune_key
    from named

)

select
    naming_no,
    {{ key_of([
        'kind', 'current_province_key', 'territory_key', 'name_key', 'tax_key', 'registration_key', 'commune_key'
    ]) }} as identity_key,
    kind,
    current_province_key,
    territory_key,
    name_key,
    tax_key,
    registration_key,
    commune_key
from compared
