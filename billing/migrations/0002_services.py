import django.db.models.deletion
import marketplace.core.clock
import marketplace.core.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0002_idempotency_attempt'),
        ('billing', '0001_initial'),
        ('catalog', '0004_full_text'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # Nothing was stored yet; these tables are made anew.
        migrations.DeleteModel("UsageTotal"),
        migrations.DeleteModel("UsageEvent"),
        migrations.DeleteModel("Hold"),
        migrations.DeleteModel("CreditGrant"),
        migrations.DeleteModel("Entitlement"),
        migrations.AddField(
            model_name='plan',
            name='terms',
            field=models.TextField(blank=True, max_length=5000),
        ),
        migrations.AddField(
            model_name='quote',
            name='used_by',
            field=models.UUIDField(blank=True, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name='plan',
            name='kind',
            field=models.CharField(choices=[('free', 'Free'), ('payg', 'Pay as you go'), ('subscription', 'Subscription'), ('commitment', 'Commitment'), ('license', 'One-off license'), ('private', 'Private offer')], max_length=12),
        ),
        migrations.CreateModel(
            name='Entitlement',
            fields=[
                ('id', models.UUIDField(default=marketplace.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=marketplace.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('state', models.CharField(choices=[('active', 'Active'), ('ended', 'Ended')], default='active', max_length=8)),
                ('starts_at', models.DateTimeField()),
                ('anchor_on', models.DateField()),
                ('period_ends_on', models.DateField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('end_reason', models.CharField(blank=True, choices=[('canceled', 'Canceled'), ('replaced', 'Replaced by another plan'), ('unpaid', 'The credit did not cover the next period')], max_length=10)),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.listing')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan')),
                ('price', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.price')),
                ('started_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Fee',
            fields=[
                ('id', models.UUIDField(default=marketplace.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=marketplace.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('kind', models.CharField(choices=[('base', 'Subscription fee'), ('license', 'License fee'), ('true_up', 'Minimum commitment not used'), ('volume', 'Volume price settled')], max_length=8)),
                ('period_start', models.DateField()),
                ('period_end', models.DateField(null=True)),
                ('currency', models.CharField(max_length=3)),
                ('amount_nano', models.BigIntegerField()),
                ('charged_at', models.DateTimeField()),
                ('entitlement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fees', to='billing.entitlement')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.listing')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan')),
                ('price', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.price')),
            ],
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=marketplace.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=marketplace.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('source_id', models.UUIDField(unique=True)),
                ('api_key_id', models.UUIDField(null=True)),
                ('period_start', models.DateField()),
                ('maximum_quantities', models.JSONField()),
                ('amount_nano', models.BigIntegerField()),
                ('captured_nano', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('open', 'Open'), ('captured', 'Captured'), ('released', 'Released'), ('expired', 'Expired')], default='open', max_length=8)),
                ('expires_at', models.DateTimeField()),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='billing.creditaccount')),
                ('entitlement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.entitlement')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.listing')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('price', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.price')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='KeySpending',
            fields=[
                ('id', models.UUIDField(default=marketplace.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=marketplace.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('api_key_id', models.UUIDField()),
                ('currency', models.CharField(max_length=3)),
                ('spent_nano', models.BigIntegerField(default=0)),
                ('held_nano', models.BigIntegerField(default=0)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
        ),
        migrations.CreateModel(
            name='UsageEvent',
            fields=[
                ('id', models.UUIDField(default=marketplace.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=marketplace.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('prediction_id', models.UUIDField(unique=True)),
                ('api_key_id', models.UUIDField(blank=True, null=True)),
                ('quantities', models.JSONField()),
                ('currency', models.CharField(max_length=3)),
                ('cost_nano', models.BigIntegerField()),
                ('lines', models.JSONField()),
                ('is_test', models.BooleanField(default=False)),
                ('period_start', models.DateField()),
                ('occurred_at', models.DateTimeField()),
                ('entitlement', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.entitlement')),
                ('listing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.listing')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('price', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.price')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalog.version')),
            ],
        ),
        migrations.CreateModel(
            name='UsageTotal',
            fields=[
                ('id', models.UUIDField(default=marketplace.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=marketplace.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('meter', models.CharField(max_length=40)),
                ('period_start', models.DateField()),
                ('is_test', models.BooleanField(default=False)),
                ('quantity', models.BigIntegerField(default=0)),
                ('open_quantity', models.BigIntegerField(default=0)),
                ('charged_nano', models.BigIntegerField(default=0)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
                ('plan', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.plan')),
            ],
        ),
        migrations.CreateModel(
            name='CreditGrant',
            fields=[
                ('id', models.UUIDField(default=marketplace.core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=marketplace.core.clock.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('kind', models.CharField(choices=[('welcome', 'Welcome credit'), ('operator', 'Given by the operator'), ('test_top_up', 'Daily filling up for test keys')], max_length=20)),
                ('amount_nano', models.BigIntegerField()),
                ('given_on', models.DateField()),
                ('note', models.CharField(blank=True, max_length=200)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='grants', to='billing.creditaccount')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'welcome')), fields=('account',), name='one_welcome_per_account'), models.UniqueConstraint(condition=models.Q(('kind', 'test_top_up')), fields=('account', 'given_on'), name='one_test_top_up_a_day'), models.CheckConstraint(condition=models.Q(('amount_nano__gt', 0)), name='grant_is_positive')],
            },
        ),
        migrations.AddIndex(
            model_name='entitlement',
            index=models.Index(condition=models.Q(('state', 'active')), fields=['period_ends_on'], name='periods_to_close'),
        ),
        migrations.AddConstraint(
            model_name='entitlement',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'active')), fields=('organization', 'listing'), name='one_active_entitlement'),
        ),
        migrations.AddIndex(
            model_name='fee',
            index=models.Index(fields=['organization', '-charged_at'], name='fees_by_payer'),
        ),
        migrations.AddConstraint(
            model_name='fee',
            constraint=models.UniqueConstraint(fields=('organization', 'plan', 'kind', 'period_start'), name='fee_once_per_period'),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['expires_at'], name='open_holds'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('captured_nano__gte', 0), ('captured_nano__lte', models.F('amount_nano'))), name='captured_within_hold'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'captured'), ('captured_nano', 0), _connector='OR'), name='only_captured_holds_cost'),
        ),
        migrations.AddConstraint(
            model_name='keyspending',
            constraint=models.UniqueConstraint(fields=('api_key_id', 'currency'), name='one_spending_per_key'),
        ),
        migrations.AddConstraint(
            model_name='keyspending',
            constraint=models.CheckConstraint(condition=models.Q(('spent_nano__gte', 0), ('held_nano__gte', 0)), name='key_spending_not_negative'),
        ),
        migrations.AddIndex(
            model_name='usageevent',
            index=models.Index(fields=['organization', '-occurred_at'], name='usage_by_payer'),
        ),
        migrations.AddIndex(
            model_name='usageevent',
            index=models.Index(fields=['listing', '-occurred_at'], name='usage_by_listing'),
        ),
        migrations.AddConstraint(
            model_name='usageevent',
            constraint=models.CheckConstraint(condition=models.Q(('cost_nano__gte', 0)), name='cost_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='usagetotal',
            constraint=models.UniqueConstraint(fields=('organization', 'plan', 'meter', 'period_start', 'is_test'), name='one_total_per_period'),
        ),
        migrations.AddConstraint(
            model_name='usagetotal',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gte', 0), ('open_quantity__gte', 0)), name='totals_not_negative'),
        ),
    ]
