{#
    How a table is kept up to date night by night. Each of its rows carries the version of the delivery that it was made
    of (int_delivery). A table compares itself with what should be there and never with what happened last night: rows of
    a version that is no more are taken out, versions that it does not have are added. So it is right after any number of
    nights, in any order of arrival, and after a night that was killed.
#}

{# Before anything is added: take out what was withdrawn, re-read, or read in another light since. #}
{% macro forget_old(versions, column) -%}
    {%- if is_incremental() -%}
        delete from {{ this }} where {{ column }} not in (select {{ column }} from {{ versions }})
    {%- endif -%}
{%- endmacro %}

{# Take out rows whose version is no more once they are half of the table. #}
{% macro forget_many(versions, column) -%}
    {%- if is_incremental() -%}
        {%- set gone = column ~ ' not in (select ' ~ column ~ ' from ' ~ versions ~ ')' -%}
        delete from {{ this }}
        where {{ gone }} and (select 2 * count(case when {{ gone }} then 1 end) > count(*) from {{ this }})
    {%- endif -%}
{%- endmacro %}

{# Whether this table lacks what has this version; while it is made it lacks everything. #}
{% macro is_lacking(version) -%}
    {%- if is_incremental() -%}
        {{ version }} not in (select distinct made.{{ version.split('.') | last }} from {{ this }} as made)
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{# Deliveries of one record type that this table does not have, as a relation to select from. #}
{% macro missing_deliveries(record_type) -%}
    (
        select
            artefact,
            delivery_version
        from {{ ref('int_delivery') }}
        where
            record_type = '{{ record_type }}'
            and {{ is_lacking('delivery_version') }}
    )
{%- endmacro %}

{#
    The same for what is kept by reading (int_reading), which asks nothing of provinces and programmes: readings that this
    table has no rows of. Most documents have no rows of most types, so it is the files that are asked,
    not the readings.
#}
{% macro missing_readings(record_type, type_column=none) -%}
    {%- set files = ref('stg_lake_file') -%}  {# outside the condition, else dbt does not see it #}
    (
        select
            reading.artefact,
            reading.reading_version
        from {{ ref('int_reading') }} as reading
        {%- if is_incremental() %}
        where
            reading.reading_version not in (
                select made.reading_version from {{ this }} as made
                {%- if type_column %} where made.{{ type_column }} = '{{ record_type }}' {%- endif %}
            )
            and '{{ lake_folder(record_type) }}/' || reading.artefact || '.parquet' in (
                select file.lake_file from {{ files }} as file where file.record_type = '{{ record_type }}'
            )
        {%- endif %}
    )
{%- endmacro %}

{#
    A pre_hook that names the files of these artefacts, so that `is_in_named_file` reads them and the others are not even
    opened. A variable: what is known before a query is planned decides which files it opens, what is joined does not. It is
    asked of the database night by night and not written into the query, which therefore stays the same (htx/plan.py).
    Where they are many it names none, and all are read.
#}
{% macro name_files(record_type, artefacts) -%}
    {%- set file = "'" ~ lake_folder(record_type) ~ "/' || artefact || '.parquet'" -%}
    {{ name_lake_files(record_type, "select distinct " ~ file ~ " as lake_file from " ~ artefacts ~ " as missing") }}
{%- endmacro %}

{% macro name_lake_files(record_type, files) -%}
    {%- if is_incremental() -%}
        set variable files_{{ record_type }} = (
            select case when count(*) <= 1000 then coalesce(list(lake_file), []) end from ({{ files }}) as named
        )
    {%- endif -%}
{%- endmacro %}

{% macro is_in_named_file(lake_file, record_type) -%}
    {%- if is_incremental() -%}
        {%- set named = "getvariable('files_" ~ record_type ~ "')" -%}
        ({{ named }} is null or list_contains({{ named }}, {{ lake_file }}))
    {%- else -%}
        true
    {%- endif -%}
{%- endmacro %}

{% macro lake_folder(record_type) -%}
    {{ env_var('HTX_LAKE', '../var/lake') }}/{{ record_type }}
{%- endmacro %}

{#
    What is one small file per document: to look at thousands of files costs little, to open them much. The stamp of a
    file is another one once it was written again.
#}
{% macro lake_files(record_type) %}{{ return(adapter.dispatch('lake_files')(record_type)) }}{% endmacro %}
{% macro default__lake_files(record_type) -%}
    (
        select distinct
            input_file_name() as lake_file,
            concat_ws('@', input_file_name(), _metadata.file_size, _metadata.file_modification_time) as file_stamp
        from {{ source('lake', record_type) }}
    )
{%- endmacro %}
{% macro duckdb__lake_files(record_type) -%}
    (
        select
            filename as lake_file,
            concat_ws('@', parse_filename(filename), size, epoch_us(last_modified)) as file_stamp
        from read_blob('{{ lake_folder(record_type) }}/*.parquet')
    )
{%- endmacro %}

{# Files of the lake (stg_lake_file) that this table has not read as they are now. #}
{% macro unread_files(record_type) -%}
    select lake_file
    from {{ ref('stg_lake_file') }}
    where
        record_type = '{{ record_type }}'
        and {{ is_lacking('file_stamp') }}
{%- endmacro %}
