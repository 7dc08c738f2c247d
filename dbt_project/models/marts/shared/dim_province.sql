-- One row is one province in one form: code, name and territory from a day until the day before the next form.
with form as (

    select
        int_province.*,
        {{ as_of() }} between valid_from and coalesce(valid_to, date '9999-12-31') as is_current
    from {{ ref('int_province') }} as int_province

),

-- Today's form is reached by following successors until one is valid on the day the warehouse is asked for.
todays as (

    select
        form.province_key,
        case
            when form.is_current or form.successor_key is null then form.province_key
            when next_form.is_current or next_form.successor_key is null then next_form.province_key
            else next_form.successor_key
        end as current_province_key
    from form
    left join form as next_form on form.successor_key = next_form.province_key

)

select
    form.province_key,
    form.code,
    form.name_vi,
    form.name_en,
    form.short_name,
    form.province_type,
    form.valid_from,
    form.valid_to,
    form.successor_key,
    todays.current_province_key,
    form.territory_key,
    form.legal_instrument,
    form.is_current
from form
inner join todays on form.province_key = todays.province_key
