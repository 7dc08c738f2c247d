-- One row is one province in one form: from the day it had this code, name and territory until the day before the next.
with succession as (

    select * from {{ ref('province_succession') }}

),

before_merger as (

    select
        old_code as code,
        old_name as name_vi,
        old_short as short_name,
        date '2008-08-01' as valid_from,
        {{ day_after('effective_from', -1) }} as valid_to,
        'Nghị quyết 15/2008/QH12' as legal_instrument,
        old_code || '@2008-08-01' as territory_key,
        new_code || '@' || cast(effective_from as string) as successor_key
    from succession

),

-- A province that merged with none keeps its territory: what was measured before and after can be compared.
merged as (

    select
        new_code as code,
        new_name as name_vi,
        new_short as short_name,
        effective_from as valid_from,
        max(later_rename) as later_rename,
        max(later_rename_from) as later_rename_from,
        max(later_rename_decree) as later_rename_decree,
        case
            when max(unchanged) = 1 then (new_code || '@2008-08-01')
            else (new_code || '@' || cast(effective_from as string))
        end as territory_key
    from succession
    group by new_code, new_name, new_short, effective_from

),

after_merger as (

    select
        code,
        name_vi,
        short_name,
        valid_from,
        {{ day_after('later_rename_from', -1) }} as valid_to,
        'Nghị quyết 202/2025/QH15' as legal_instrument,
        territory_key,
        code || '@' || cast(later_rename_from as string) as successor_key
    from merged

),

renamed as (

    select
        code,
        later_rename as name_vi,
        short_name,
        later_rename_from as valid_from,
        cast(null as date) as valid_to,
        'Nghị quyết ' || later_rename_decree as legal_instrument,
        territory_key,
        cast(null as string) as successor_key
    from merged
    where later_rename is not null

),

forms as (

    select * from before_merger
    union all
    select * from after_merger
    union all
    select * from renamed

),

-- Two steps lead from any form to today's: the merger, then a new name.
followed as (

    select
        forms.*,
        coalesce(next_form.successor_key, forms.successor_key) as last_key
    from forms
    left join forms as next_form
        on forms.successor_key = (next_form.code || '@' || cast(next_form.valid_from as string))

)

select
    code || '@' || cast(valid_from as string) as province_key,
    code,
    name_vi,
    {{ without_marks('short_name') }}
    || case when name_vi like 'Thành phố%' then ' City' else ' Province' end as name_en,
    short_name,
    case when name_vi like 'Thành phố%' then 'city' else 'province' end as province_type,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to,
    successor_key,
    territory_key,
    coalesce(last_key, (code || '@' || cast(valid_from as string))) as last_key,
    legal_instrument
from followed
