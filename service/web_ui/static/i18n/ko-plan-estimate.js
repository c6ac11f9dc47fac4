/** Korean: the estimate of a plan that is being solved. */
export default {
  "plan-estimate.tag": "연 단위 추정",
  "plan-estimate.served": "전체 수요의 충족률(금액 기준)",
  "plan-estimate.about": "약 {share}",
  "plan-estimate.priority": "우선순위 {n}: 약 {share}",
  "plan-estimate.bound": "목적값이 {won} 이상임은 증명되었습니다.",
  "plan-estimate.text":
    "기간을 합친 연 단위로 푼 값입니다. 실제 계획은 대개 이보다 조금 덜 공급하며, 계획이 끝나면 그 값으로 바뀝니다.",
};
