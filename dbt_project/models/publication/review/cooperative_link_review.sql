-- One row is one way to name an organisation that fits several organisations or none for sure: a person decides.
select
    link.identity_key,
    link.cooperative_key,
    link.current_province_key as province_key,
    link.kind,
    min(status.name) as name,
    link.tax_key as tax_code,
    link.registration_key as registration_no,
    link.commune_key as commune,
    link.undecided,
    count(*) as rows_counted,
    min(status.file) as file,
    min(status.sheet) as sheet,
    min(status.cells) as cells
from {{ ref('int_cooperative_link') }} as link
inner join {{ ref('int_cooperative_identity') }} as identity on link.identity_key = identity.identity_key
inner join {{ ref('int_cooperative_status') }} as status on identity.naming_key = status.naming_key
where link.undecided is not null
group by
    link.identity_key, link.cooperative_key, link.current_province_key, link.kind, link.tax_key, link.registration_key,
    link.commune_key, link.undecided
