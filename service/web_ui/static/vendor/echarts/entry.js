import { use } from "echarts/core.js";
import { BarChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts.js";
import { AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from "echarts/components.js";
import { CanvasRenderer } from "echarts/renderers.js";
export { init } from "echarts/core.js";
use([BarChart, LineChart, SankeyChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, CanvasRenderer]);
