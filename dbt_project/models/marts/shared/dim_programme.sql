-- One row is one programme.
select
    programme,
    name_vi,
    name_en,
    province_key,
    starts_on,
    ends_on,
    legal_basis,
    publisher,
    registered
from {{ ref('int_programme') }}
