-- One row is one province of today and one generation of forms, with how many of them it is made of.
select
    current_province_key,
    valid_from as form_from,
    count(*) as parts_expected,
    max(territory_key) as territory_key
from {{ ref('dim_province') }}
group by current_province_key, valid_from
