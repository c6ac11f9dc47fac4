/**
 * Types of the page: what the API answers, and what the modules share.
 * Only the type checker reads this file; the browser never loads it.
 */

type ViewContext = import("./static/lib/router.js").ViewContext;
type ViewEntry = import("./static/lib/router.js").ViewEntry;
type ProblemIndex = import("./static/lib/problem-index.js").ProblemIndex;
type MapData = import("./static/views/map/map-data.js").MapData;
type YearView = import("./static/views/year.js").YearView;

/** What `h` and `s` take as children. */
type Child = Node | string | number | boolean | null | undefined | Child[];

/** What `h` and `s` take as properties. */
type Props = Record<string, any>;

/** Columns of a table: lists of equal length by name. */
type Columns = Record<string, any[]>;

interface Grant {
  province: string;
  role: string;
}

/** `/v1/me`. */
interface Principal {
  caller: string;
  authentication: "off" | "on";
  grants: Grant[];
}

interface Change {
  what: string;
  where?: string | string[] | null;
  periods?: string[] | null;
  factor?: number | null;
  value?: number | number[] | null;
}

interface PlanSource {
  province: string | null;
  version?: number | null;
  scenario: string | null;
  name?: string | null;
  changes: Change[];
  replanned?: { from: string } | null;
}

/** An entry of `/v1/plans`. */
interface PlanListEntry {
  id: string;
  title: string;
  tags: string[];
  status: "queued" | "running" | "finished" | "cancelled";
  outcome: string | null;
  approval_state: string;
  source: PlanSource;
  base_plan: string | null;
  created: string;
  started: string | null;
  finished: string | null;
  served_share: number | null;
}

interface ServedShare {
  key: string;
  demand: number;
  served: number;
  share: number;
}

interface ServedSpread {
  item: string;
  spread: number;
  least_county: string;
  least_share: number;
  most_county: string;
  most_share: number;
}

interface EquityMeasures {
  objective: number;
  served_share: number;
  gini: number | null;
  greatest_spread: ServedSpread | null;
}

interface GoalResult {
  goal: string;
  value: number;
  tolerance_bound: number;
  final_value: number;
}

/** A goal of the policy of a problem. */
type GoalOfPolicy =
  string | { goal: string; over?: string; of?: Record<string, (string | number)[] | null> | null };

/** An entry of `/v1/plans/{plan}/goals`. */
interface GoalTradeOff {
  goal: string;
  result: GoalResult;
  unconstrained_value: number;
  loss_to_earlier_goals: number;
}

interface GridCell {
  first: number;
  second: number;
  outcome: "optimal" | "infeasible";
  objective: number | null;
  served_share: number | null;
}

/** `/v1/plans/{plan}/grid`. */
interface ParameterGrid {
  relaxed: boolean;
  cells: GridCell[];
  not_evaluated: number;
  infeasibility: Infeasibility | null;
}

/** `price` of `/v1/plans/{plan}/equity?price=true`. */
interface PriceOfEquity {
  fair: EquityMeasures;
  plain: EquityMeasures;
  price: number;
  relative_price: number | null;
}

interface GroupHeads {
  county: string;
  group: string;
  heads: number;
}

interface MeanQuality {
  key: string;
  value: number;
  quality: number;
}

interface QualitySummary {
  quality: number;
  by_county: MeanQuality[];
}

interface PlanSummary {
  quality: QualitySummary | null;
  served_share: number;
  in_time_share: number | null;
  local_share: number;
  central_share: number;
  power_used_kwh: number;
  power_limit_kwh: number | null;
  tonnes: number;
  by_county: ServedShare[];
  by_category: ServedShare[];
  gini: number | null;
  greatest_spread: ServedSpread | null;
}

interface BriefingFigure {
  name: "served_share" | "short_value" | "in_time_share" | "local_share" | "power_used_kwh";
  value: number | null;
  limit: number | null;
  compared: number | null;
}

interface ShortGood {
  item: string;
  demand: number;
  short: number;
  short_value: number;
  served_share: number;
  county: string;
  counties: number;
  periods: string[];
  compared_served_share: number | null;
}

interface HoldingLimit {
  rule: string;
  id: string;
  part: string;
  periods: string[];
  shortages: number;
  held_value: number;
  held_share: number;
  compared_held_share: number | null;
}

interface HoldingRule {
  rule: string;
  limits: number;
  held_share: number;
}

interface MissedDeadline {
  item: string;
  period: string;
  by: number;
  due: number;
  missed: number;
  county: string;
  counties: number;
}

interface NextStep {
  kind: "resolve" | "submit" | "ratify" | "put-in-force" | "close" | "report" | "behind" | "replan";
  period: string | null;
  count: number | null;
  factories: { factory: string; fulfilment: number }[];
}

/** `/v1/plans/{plan}/briefing`. */
interface Briefing {
  plan: string;
  compared_with: string | null;
  least_served_county: string | null;
  least_served_share: number | null;
  figures: BriefingFigure[];
  short_goods: ShortGood[];
  short_good_count: number;
  rules: HoldingRule[];
  limits: HoldingLimit[];
  limit_count: number;
  missed_deadlines: MissedDeadline[];
  missed_deadline_count: number;
  next_steps: NextStep[];
}

interface ConflictingRule {
  rule: string;
  where: Record<string, string>;
  text: string;
  relaxation: number;
  unit: string;
  side: "at_most" | "at_least" | null;
  limit: number | null;
}

/** Why no plan satisfies every constraint: `/v1/plans/{plan}/infeasibility`. */
interface Infeasibility {
  conflict: ConflictingRule[];
  relaxations: ConflictingRule[];
  verified: boolean;
}

/** `/v1/plans/{plan}`. */
interface Plan extends Omit<PlanListEntry, "served_share"> {
  objective: {
    value: number;
    rounding_gap: number;
    parts: Record<string, number>;
    goals?: GoalResult[];
  } | null;
  summary: PlanSummary | null;
  infeasibility: Infeasibility | null;
  termination: {
    reason: string;
    limit: "time" | "iterations" | "memory" | null;
    detail: string;
  } | null;
  tables: Record<string, number> | null;
  timings?: Record<string, number> | null;
}

/** What is known of a plan by a solve in longer periods. */
interface PlanEstimate {
  fidelity: "quarter" | "year";
  objective: number;
  lower_bound: number;
  served_share: number;
  by_priority: ServedShare[];
}

/** A plan whose head has figures. */
interface PlanWithFigures extends Plan {
  objective: NonNullable<Plan["objective"]>;
  summary: PlanSummary;
}

interface PlanEvent {
  kind: string;
  at: string;
  data: { stage?: string; iteration?: number; share_done?: number; [name: string]: unknown };
}

interface Scenario {
  id: string;
  name: string;
  local_name?: string;
  notes?: string;
  changes?: Change[];
}

interface ProvinceListEntry {
  id: string;
  name: string;
  built_in: boolean;
  version: number;
  scenarios: Scenario[];
}

interface Province extends ProvinceListEntry {
  problem: Problem;
}

/** A planning problem, as far as the page reads it; fields left out have their default values. */
interface Shape {
  type: string;
  coordinates: any;
}

interface Borders {
  source: string;
  licence: string;
  counties: Record<string, Shape>;
}

interface Problem {
  policy?: { goals?: GoalOfPolicy[] | null };
  borders?: Borders | null;
  periods: string[];
  period_days?: number | number[] | null;
  items?: Item[];
  requirements?: Requirement[];
  counties?: County[];
  stations?: Place[];
  factories?: Factory[];
  links?: Link[];
  partners?: Partner[];
  power_areas?: PowerArea[];
  budgets?: Named[];
  supply_shares?: SupplyShares;
}

interface Named {
  id: string;
  name?: string;
  local_name?: string;
}

interface Requirement extends Named {
  unit?: string;
  value?: number;
}

interface Item extends Named {
  kind?: string;
  category?: string;
  unit?: string;
  value?: number;
  whole_units?: boolean;
  priority?: number;
  due?: Record<string, { share: number; by?: number }>;
}

interface Place extends Named {
  latitude?: number | null;
  longitude?: number | null;
}

interface County extends Place {
  power_area?: string;
  population?: Record<string, number>;
  census?: Record<string, { heads: number }>;
  ages?: { age: number }[];
  shops?: (Named & { share: number })[];
}

interface Factory extends Named {
  place?: string;
  condition?: number;
  lines?: {
    item: string;
    recipe?: string;
    kwh_per_unit?: number;
    labour_hours_per_unit?: number;
  }[];
}

interface Link {
  id: string;
  from: string;
  to: string;
  mode?: string;
  tonnes?: number | number[] | null;
}

interface Partner extends Named {
  at: string;
  offers?: Record<string, number | number[]>;
}

interface PowerArea extends Named {
  limit_kwh?: number | number[] | null;
}

interface SupplyShares {
  central?: number;
  by_category?: Record<string, number>;
  by_item?: Record<string, number>;
  delivered?: number | number[];
  gateways?: string[];
}

interface LimitReference {
  rule: string;
  id: string;
  part: string;
  period: string;
  unit: string;
}

interface ResultDifference {
  key: string;
  before: number;
  after: number;
}

interface ComparisonStep {
  name: string;
  objective: number | null;
  served_share: number | null;
  objective_change: number | null;
  served_share_change: number | null;
}

interface ReservedNeed {
  county: string;
  item: string;
  period: string;
  unit: string;
  before: number;
  after: number;
}

/** `/v1/plans/{plan}/compare` and `/what-if`; without two plans, all figures are null. */
interface Comparison {
  relaxed: boolean;
  outcome: "optimal" | "infeasible";
  base_outcome: "optimal" | "infeasible";
  reserved: ReservedNeed[] | null;
  inputs: { path: string; before: string; after: string }[];
  input_difference_count: number;
  infeasibility: Infeasibility | null;
  objective: [number, number] | null;
  served_share: [number, number] | null;
  by_county: ResultDifference[] | null;
  by_category: ResultDifference[] | null;
  by_factory: ResultDifference[] | null;
  steps: ComparisonStep[];
}

/** A comparison of two plans. */
interface ComparisonWithFigures extends Comparison {
  reserved: ReservedNeed[];
  objective: [number, number];
  served_share: [number, number];
  by_county: ResultDifference[];
  by_category: ResultDifference[];
  by_factory: ResultDifference[];
}

/** An estimate by a solve in longer periods: part of `/v1/plans/{plan}/estimate`. */
interface CoarseEstimate {
  fidelity: "quarter" | "year";
  objective: number;
  objective_change: number;
  lower_bound: number;
  served_share: [number, number];
}

/** `/v1/plans/{plan}/estimate`. */
interface ObjectiveEstimate {
  outcome: "optimal" | "infeasible" | "unknown";
  objective: number;
  objective_change: number | null;
  exact: boolean;
  valid_fraction: number;
  served_share: [number, number] | null;
  contributions: { rule: string; objective_change: number; limit_count: number }[];
  limits: (LimitReference & { shadow_price: number })[];
  coarse: CoarseEstimate | null;
}

/** A limit behind some shortages: part of `/v1/plans/{plan}/bottlenecks`. */
interface BindingLimit extends LimitReference {
  shadow_price: number;
  value: number;
  share: number;
  only_together_with: LimitReference[];
}

interface CurvePoint {
  parameter: number;
  objective: number;
  served_share: number;
}

/** `/v1/plans/{plan}/curve`. */
interface Curve {
  relaxed: boolean;
  points: CurvePoint[];
  exact: boolean;
  explored_until: number;
  infeasible_parameters: number[];
}

/** A group of shortages: part of `/v1/plans/{plan}/bottlenecks`. */
interface AttributionGroup {
  key: string;
  value: number;
  binding_limits: BindingLimit[];
  other_limits: number;
  costs: number;
  above_shortage_cost: number;
  unreachable: number;
}

interface ShortageChange {
  county: string;
  item: string;
  period: string;
  units: number;
}

interface RemedyLimit extends LimitReference {
  amount: number;
  relative_amount: number;
}

interface Remedy extends RemedyLimit {
  kind: "reserved" | "unreserved" | "reallocated";
  limits: RemedyLimit[];
  is_whole: boolean;
  before: number;
  after: number;
  objective_change: number;
  loss_to_others: number;
  gain_to_others: number;
  worse_off: ShortageChange[];
  changes: Change[];
  shortage_if_not_reserved: number | null;
}

/** `/v1/plans/{plan}/remedies`. */
interface Remedies {
  remedies: Remedy[];
  reason: string | null;
  evaluated: number;
}

/** `/v1/plans/{plan}/approval`. */
interface Approval {
  state: string;
  version: number;
  digest: string | null;
  acts: string[];
  history: { at: string; caller: string; act: string; note: string }[];
}

/** A line of `/v1/audit`. */
interface AuditEntry {
  at: string;
  caller: string;
  act: string;
  subject: string;
  detail: Record<string, unknown>;
}

interface FulfilmentRow {
  id: string;
  rank: number | null;
  lines: number;
  unreported: number;
  planned_value: number;
  unreported_value: number;
  made_value: number;
  fulfilment: number | null;
}

/** `/v1/plans/{plan}/fulfilment`. */
interface Fulfilment {
  through: string;
  rows: FulfilmentRow[];
  total: FulfilmentRow;
}

/** `/v1/plans/{plan}/outputs`. */
interface OutputList {
  revision: number;
  total: number;
  outputs: {
    factory: string;
    item: string;
    period: string;
    quantity: number;
    at: string;
    caller: string;
  }[];
}

/** A finding of the service: what is wrong, where, and how to correct it. */
interface Finding {
  /** The cell, if the input is a workbook or a folder of CSV files. */
  cell?: { sheet: string; row: number; column: string } | null;
  code: string;
  path: string;
  message: string;
  remedy: string;
  severity: string;
}

/** What the map shows. */
interface MapState {
  measure: "change" | "served" | "shortage" | "price";
  month: string | null;
  item: string | null;
  county: string | null;
  link: string | null;
  /** Whether the colours have the range of the plan, or run from 0 to 100 %. */
  scale: "plan" | "full";
  /** One map, or a small map for every month. */
  layout: "one" | "months";
}

interface Point {
  x: number;
  y: number;
}

interface Box extends Point {
  width: number;
  height: number;
}

/** A slider of the what-if view: `id` is its URL parameter, `max` its greatest factor. */
interface Slider {
  id: string;
  what: string;
  where?: string;
  max: number;
}

/** A quota with the names of what it names. */
interface QuotaRow {
  id: number;
  factory: string;
  factoryName: string;
  factoryWords: string;
  county: string;
  countyName: string;
  item: string;
  itemName: string;
  itemWords: string;
  category: string;
  unit: string;
  value: number;
  recipe: string;
  period: string;
  quantity: number;
  kwh: number;
  price: number;
  worth: number;
  isWhole: boolean;
}

/** `/v1/studies/{study}`: quantiles of an outcome under a lever. */
interface Quantiles {
  lever: string;
  outcome: string;
  count: number;
  mean: number;
  p10: number;
  p50: number;
  p90: number;
  mean_interval: [number, number];
  p10_interval: [number, number];
  p50_interval: [number, number];
  p90_interval: [number, number];
  cvar90: number;
}

interface ThresholdResult {
  lever: string;
  outcome: string;
  least: number | null;
  most: number | null;
  probability: number;
  interval: [number, number];
}

interface MultiFidelity {
  fidelity: "quarter" | "year";
  corrected_by: number;
  correlation: number;
  largest_correction: number;
}

/** `/v1/studies/{study}`, with its result once it is finished. */
interface Study {
  id: string;
  status: string;
  reason: string;
  base_plan: string;
  progress: { done: number; total: number };
  created: string;
  request: { factors: { name: string; distribution: Record<string, any> }[] };
  tables: Record<string, number> | null;
  run_count: number;
  infeasible_count: number;
  failed_count: number;
  clipped_count: number;
  fidelity: string;
  multi_fidelity: MultiFidelity | null;
  is_convex: boolean;
  quantiles: Quantiles[] | null;
  thresholds: ThresholdResult[] | null;
  perfect_information: number | null;
}

interface MeasureRange {
  measure: string;
  of: Record<string, any> | null;
  slack: number;
  least: number | null;
  here: number;
  greatest: number | null;
  unit: string;
  least_found: number;
  greatest_found: number;
  least_bound: number | null;
  greatest_bound: number | null;
}

interface AlternativeDifference {
  measure: string;
  before: number;
  after: number;
  unit: string;
}

interface Alternative {
  slack: number;
  objective: number;
  distance: number;
  differences: AlternativeDifference[];
}

interface PolicyResult {
  policy: string;
  cost_mean: number;
  cost_p10: number;
  cost_p50: number;
  cost_p90: number;
  served: { priority: number; p10: number; p50: number; p90: number }[];
  regret: number;
  value_of_replanning: number | null;
  nervousness: number;
  infeasible_count: number;
}

/** `/v1/backtests/{backtest}`, with its result once it is finished. */
interface Backtest {
  id: string;
  status: string;
  reason: string;
  base_plan: string;
  progress: { done: number; total: number };
  created: string;
  perfect_foresight_mean: number;
  policies: PolicyResult[] | null;
}
